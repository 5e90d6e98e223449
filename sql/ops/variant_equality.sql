-- Proves on this account what core.transactions rests on: which records are equal as VARIANTs, by
-- the operator as by PARTITION BY, that to_json, from which transaction_id is made, agrees, and
-- that equal ones have the same hash, by which ops.reconciliation tells most of them apart.
-- Every row should hold.
with

cases as (

    select
        rule,
        left_json,
        right_json,
        expected_equal
    from (
        values
        ('key order does not matter', '{"a":1,"b":2}', '{"b":2,"a":1}', true),
        ('key order does not matter inside', '[{"a":1,"b":2}]', '[{"b":2,"a":1}]', true),
        ('whitespace does not matter', '{"a":[1,2]}', ' { "a" : [ 1, 2 ] } ', true),
        ('5 is 5.0', '{"a":5}', '{"a":5.0}', true),
        ('escaped text is its text', '{"a":"\\u00e9"}', '{"a":"é"}', true),
        ('the order of an array matters', '[1,2]', '[2,1]', false),
        ('a number is not its text', '{"a":5}', '{"a":"5"}', false),
        ('null is not an absent key', '{"a":null}', '{}', false),
        ('case matters', '{"a":"x"}', '{"a":"X"}', false),
        ('2^53 is not 2^53 + 1', '{"a":9007199254740992}', '{"a":9007199254740993}', false)
    ) as listed (rule, left_json, right_json, expected_equal)

),

sides as (

    select
        rule,
        parse_json(left_json) as record
    from cases
    union all
    select
        rule,
        parse_json(right_json) as record
    from cases

),

partitioned as (

    select
        rule,
        count(*) over (partition by rule, record) as equal_records
    from sides

),

partitions as (

    select
        rule,
        max(equal_records) = 2 as is_one_partition
    from partitioned
    group by rule

),

compared as (

    select
        cases.rule,
        cases.left_json,
        cases.right_json,
        cases.expected_equal,
        partitions.is_one_partition,
        parse_json(cases.left_json) = parse_json(cases.right_json) as is_equal,
        to_json(parse_json(cases.left_json))
        = to_json(parse_json(cases.right_json)) as is_same_json,
        hash(parse_json(cases.left_json)) = hash(parse_json(cases.right_json)) as is_same_hash
    from cases
    inner join partitions on cases.rule = partitions.rule

),

final as (

    select
        rule,
        left_json,
        right_json,
        expected_equal,
        is_equal,
        is_one_partition,
        is_same_json,
        is_same_hash,
        is_equal = expected_equal
        and is_one_partition = expected_equal
        and is_same_json = expected_equal
        and (is_same_hash or not expected_equal) as holds
    from compared

)

select
    rule,
    left_json,
    right_json,
    expected_equal,
    is_equal,
    is_one_partition,
    is_same_json,
    is_same_hash,
    holds
from final
