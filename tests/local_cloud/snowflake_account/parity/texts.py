"""Texts, and how they are searched, cut and encoded.

https://docs.snowflake.com/en/sql-reference/functions-string
"""

from __future__ import annotations

from tests.local_cloud.snowflake_account.parity.case import Case, gives, refused

KIND = "Texts"

CASES: tuple[Case, ...] = (
    gives("||", "select 'a' || 'b', 'a' || null, 1 || 'x'", ("ab", None, "1x")),
    gives("CONCAT", "select concat('a', 'b', 'c'), concat('a', null), concat('a')", ("abc", None, "a")),
    gives("CONCAT_WS", "select concat_ws('-', 'a', 'b'), concat_ws('-', 'a', null)", ("a-b", None)),
    gives("UPPER, LOWER", "select upper('aÄ1'), lower('AÄ1'), upper(null)", ("AÄ1", "aä1", None)),
    gives("INITCAP", "select initcap('the quick-brown FOX')", ("The Quick-Brown Fox",)),
    gives(
        "TRIM, LTRIM, RTRIM",
        "select trim('  a '), ltrim('xxa', 'x'), rtrim('axx', 'x'), trim('*-a-*', '*-')",
        ("a", "a", "a", "a"),
    ),
    gives("LENGTH", "select length('abc'), len('ä'), length(''), length(null)", (3, 1, 0, None)),
    gives(
        "LEFT, RIGHT",
        "select left('abc', 2), right('abc', 2), left('abc', 0), right('abc', 9)",
        ("ab", "bc", "", "abc"),
    ),
    gives(
        "SUBSTR, SUBSTRING",
        "select substr('abcdef', 3, 2), substring('abcdef', 3), substr('abcdef', -3, 2), substr('abc', 5)",
        ("cd", "cdef", "de", ""),
    ),
    gives(
        "REPLACE",
        "select replace('aXbX', 'X', '-'), replace('aXb', 'X'), replace('a', null, 'x')",
        ("a-b-", "ab", None),
    ),
    gives(
        "SPLIT_PART",
        "select split_part('a-b-c', '-', 2), split_part('a-b-c', '-', -1), split_part('a-b', '-', 5), "
        "split_part('a-b', '-', 0)",
        ("b", "c", "", "a"),
    ),
    gives("SPLIT", "select split('a-b', '-')[1]::varchar, array_size(split('', '-'))", ("b", 1)),
    gives(
        "STRTOK", "select strtok('a.b.c', '.', 1), strtok('a@b.c', '@.', 3), strtok('a b', ' ', 3)", ("a", "c", None)
    ),
    gives(
        "POSITION, CHARINDEX",
        "select position('b', 'abcb'), position('b' in 'abc'), charindex('b', 'abcb', 3), position('x', 'abc')",
        (2, 2, 4, 0),
    ),
    gives(
        "CONTAINS, STARTSWITH, ENDSWITH",
        "select contains('abc', 'b'), startswith('abc', 'a'), endswith('abc', 'b'), contains('abc', null)",
        (True, True, False, None),
    ),
    gives(
        "LIKE, ILIKE",
        "select 'abc' like 'a%', 'ABC' ilike 'a_c', 'a%c' like 'a^%c' escape '^', null like 'a'",
        (True, True, True, None),
    ),
    gives("LIKE ANY, LIKE ALL", "select 'abc' like any ('x%', 'a%'), 'abc' like all ('a%', '%x')", (True, False)),
    gives("ILIKE ANY", "select 'ABC' ilike any ('x%', 'a%')", (True,)),
    gives(
        "REGEXP_LIKE, RLIKE",
        "select regexp_like('abc', 'b'), regexp_like('abc', '.*b.*'), 'abc' rlike 'a.c', regexp_like('ABC', "
        "'abc', 'i')",
        (False, True, True, True),
    ),
    gives(
        "REGEXP_REPLACE",
        "select regexp_replace('a1b22', '[0-9]+', '#'), regexp_replace('a1b2', '[0-9]'), "
        "regexp_replace('ab', '(a)(b)', '\\\\2\\\\1')",
        ("a#b#", "ab", "ba"),
    ),
    gives(
        "REGEXP_SUBSTR",
        "select regexp_substr('a1b22', '[0-9]+'), regexp_substr('a1b22', '[0-9]+', 1, 2), regexp_substr('ab', 'x'), "
        "regexp_substr('k=v', '(.)=(.)', 1, 1, 'e', 2)",
        ("1", "22", None, "v"),
    ),
    gives("REGEXP_COUNT", "select regexp_count('a1b22', '[0-9]'), regexp_count('abc', 'x')", (3, 0)),
    gives("REGEXP_INSTR", "select regexp_instr('ab12', '[0-9]'), regexp_instr('ab', '[0-9]')", (3, 0)),
    gives("REGEXP_SUBSTR_ALL", "select regexp_substr_all('a1b22', '[0-9]+')::varchar", ('["1","22"]',)),
    gives(
        "LPAD, RPAD",
        "select lpad('7', 3, '0'), rpad('ab', 4, '-'), lpad('abc', 2, 'x'), lpad('a', 3)",
        ("007", "ab--", "ab", "  a"),
    ),
    gives("REPEAT, SPACE", "select repeat('ab', 2), repeat('a', 0), space(2)", ("abab", "", "  ")),
    gives("REVERSE", "select reverse('abc')", ("cba",)),
    gives("TRANSLATE", "select translate('abc', 'ab', 'x')", ("xc",)),
    gives("INSERT", "select insert('abcdef', 3, 2, 'zz')", ("abzzef",)),
    gives("ASCII, CHR, UNICODE", "select ascii('A'), chr(65), unicode('ä'), ascii('')", (65, "A", 228, 0)),
    gives("MD5", "select md5('Snowflake')", ("edf1439075a83a447fb8b630ddc9c8de",)),
    gives(
        "SHA1, SHA2",
        "select sha1('a'), left(sha2('a'), 8)",
        ("86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", "ca978112"),
    ),
    gives(
        "BASE64_ENCODE, BASE64_DECODE_STRING",
        "select base64_encode('abc'), base64_decode_string('YWJj')",
        ("YWJj", "abc"),
    ),
    gives("HEX_ENCODE, HEX_DECODE_STRING", "select hex_encode('aZ'), hex_decode_string('615A')", ("615A", "aZ")),
    gives("EDITDISTANCE", "select editdistance('abc', 'abd'), editdistance('', 'abc')", (1, 3)),
    gives("JAROWINKLER_SIMILARITY", "select jarowinkler_similarity('abc', 'abc')", (100,)),
    gives("UUID_STRING", "select length(uuid_string()), uuid_string() = uuid_string()", (36, False)),
    gives("RANDSTR", "select length(randstr(5, random()))", (5,)),
    gives("OCTET_LENGTH, BIT_LENGTH", "select octet_length('ä'), bit_length('a')", (2, 8)),
    gives("Escapes in literals", r"select 'a\tb', 'it''s', $$a'b$$, '\u0041'", ("a\tb", "it's", "a'b", "A")),
    gives("COLLATE", "select collate('a', '') = 'a'", (True,)),
    refused("SHA2 of 512 bits", "select sha2('a', 512)", "SHA2"),
    refused("PARSE_URL", "select parse_url('http://a/b')", "PARSE_URL"),
    refused("SOUNDEX", "select soundex('a')", "SOUNDEX"),
    refused("COMPRESS", "select compress('a', 'snappy')", "COMPRESS"),
)
