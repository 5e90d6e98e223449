"""What names mean within one SELECT, and which of its columns its windows and groups let divide. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlglot import exp

from local_cloud.snowflake_account.dynamic_tables.columns import Column, Columns, NotDividedError, spelled

Answer = dict[str, tuple[exp.Expr, Column]]
"""The columns of a SELECT: the expression of each, and what it is."""


@dataclass
class Scope:
    """The tables that a SELECT reads, by the names that they go by in it."""

    sources: dict[str, Columns]

    def find(self, column: exp.Column) -> Column | None:
        """Return the column of a table that a name means, None where it is none, or one of several."""
        name = spelled(column.this)
        if column.table:
            return self.sources.get(spelled(column.args["table"]), {}).get(name)
        found = [columns[name] for columns in self.sources.values() if name in columns]
        return found[0] if len(found) == 1 else None

    def inlined(self, value: exp.Expr, before: Answer) -> exp.Expr:
        """Put the meaning of a column's name in its place where it is another column of the same SELECT."""

        def meant(node: exp.Expr) -> exp.Expr:
            is_own = isinstance(node, exp.Column) and not node.table and self.find(node) is None
            earlier = before.get(spelled(node.this)) if is_own else None
            return exp.paren(earlier[0].copy()) if earlier else node

        return value.copy().transform(meant)

    def column(self, value: exp.Expr) -> Column:
        """Return what an expression is as a column: its origins are those that all its columns have."""
        if value.find(exp.Window, exp.AggFunc) or (isinstance(value, exp.Column) and self.find(value) is None):
            return Column()
        named = list(value.find_all(exp.Column))
        found = [self.find(column) for column in named]
        if not named or any(column is None for column in found):
            return Column()
        known = [column for column in found if column is not None]
        leaves = set.intersection(*(set(column.origins) for column in known))
        return Column({leaf: self._over(value, leaf) for leaf in leaves}, all(column.divides for column in known))

    def _over(self, value: exp.Expr, leaf: int) -> exp.Expr:
        """Write an expression over the columns of a leaf."""

        def origin(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and (found := self.find(node)):
                expression = found.origins[leaf].copy()
                return expression if isinstance(expression, exp.Column) else exp.paren(expression)
            return node

        return value.copy().transform(origin)

    def restrict(self, answer: Answer, keys: list[exp.Expr]) -> None:
        """Let only what follows from these keys divide: columns that are keys, or are made of nothing but keys."""
        named = [self.inlined(key, answer) for key in keys]
        texts = {self._text(key) for key in named}
        for name, (value, column) in answer.items():
            parts = {self._text(part) for part in value.find_all(exp.Column)}
            if self._text(value) not in texts and not (parts and parts <= texts):
                answer[name] = value, replace(column, divides=False)

    def _text(self, value: exp.Expr) -> str:
        """Return an expression's text with each column in one spelling."""

        def full(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and not isinstance(node.this, exp.Star):
                name = spelled(node.this)
                owners = [table for table, columns in self.sources.items() if name in columns]
                table = spelled(node.args["table"]) if node.table else owners[0] if len(owners) == 1 else ""
                return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True))
            return node

        return value.unnest().copy().transform(full).sql("snowflake")

    def all_columns(self, star: exp.Expr) -> Answer:
        """Return what `*` or `table.*` stands for.

        Raises:
            NotDividedError: it leaves columns out.
        """
        inside = star.this if isinstance(star, exp.Column) else star
        if {name for name, value in inside.args.items() if value}:
            raise NotDividedError("SELECT * EXCLUDE")
        table = spelled(star.args["table"]) if isinstance(star, exp.Column) else None
        return {
            name: (
                exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(source, quoted=True)),
                column,
            )
            for source, columns in self.sources.items()
            if table in (None, source)
            for name, column in columns.items()
        }
