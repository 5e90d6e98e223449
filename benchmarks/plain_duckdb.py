"""The shortest way from a data folder to the view: DuckDB alone, no bucket, no history, nothing kept or proved.

``python -m benchmarks.plain_duckdb DIR`` prints the view's rows and the sum of its counts.
"""

import sys

import duckdb

VIEW = """
create table customer_purchases as
with purchases as (
    select customer_id, unnest(basket).product_id as product_id
    from read_json(
        '{folder}/transactions/**/*.json',
        format = 'newline_delimited',
        columns = {{
            customer_id: 'varchar',
            basket: 'struct(product_id varchar, price bigint)[]',
            date_of_purchase: 'varchar'
        }}
    )
),
counts as (select customer_id, product_id, count(*) as purchase_count from purchases group by all)
select
    coalesce(customers.customer_id, counts.customer_id) as customer_id,
    loyalty_score,
    counts.product_id,
    product_category,
    coalesce(purchase_count, 0) as purchase_count
from read_csv('{folder}/customers.csv') as customers
full join counts on customers.customer_id = counts.customer_id
left join read_csv('{folder}/products.csv') as products on products.product_id = counts.product_id
"""


def main(folder: str) -> None:
    """Compute the view of a data folder."""
    with duckdb.connect() as duck:
        duck.execute(VIEW.format(folder=folder))
        print(*duck.execute("select count(*), sum(purchase_count) from customer_purchases").fetchone() or ())


if __name__ == "__main__":
    main(sys.argv[1])
