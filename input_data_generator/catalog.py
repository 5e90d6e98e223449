"""The goods of the shop: categories with their weight and price range, and the names of 64 products."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Category:
    """A category of products.

    Attributes:
        name: as it stands in products.csv.
        weight: share of the baskets, in percent.
        cheapest: lowest list price, in pence.
        dearest: highest list price, in pence.
        descriptions: its products among the first 64.
    """

    name: str
    weight: int
    cheapest: int
    dearest: int
    descriptions: tuple[str, ...]


CATEGORIES = (
    Category(
        "house",
        15,
        250,
        2000,
        (
            "stoneware mug, glazed blue",
            "linen tea towel",
            "beeswax candle",
            '9" cake tin',
            "oak chopping board",
            "baker's apron",
            "wool throw, herringbone",
            "enamel watering can",
            "set of 4 napkins",
            "cork table mat",
            "brass picture hook",
            "wicker laundry basket",
        ),
    ),
    Category(
        "clothes",
        5,
        400,
        2000,
        (
            "men's moss green cords",
            "women's raincoat, yellow",
            "children's striped socks",
            "fisherman's jumper",
            "lambswool scarf",
            "denim shirt, washed",
            "cotton pyjamas",
            "knitted bobble hat",
            "leather belt, brown",
        ),
    ),
    Category(
        "fruit_veg",
        25,
        20,
        400,
        (
            "braeburn apples",
            "conference pears",
            "baby spinach",
            "carrots, bunched",
            "jalapeño peppers",
            "purple sprouting broccoli",
            "new potatoes",
            "vine tomatoes",
            "blood oranges",
            "shallots",
            "celeriac",
            "lamb's lettuce",
            "rhubarb",
        ),
    ),
    Category(
        "sweets",
        20,
        30,
        350,
        (
            "salted caramel fudge",
            "pear drops",
            "liquorice wheels",
            "mint humbugs",
            "dark chocolate, 70% cocoa",
            "crème brûlée truffles",
        ),
    ),
    Category(
        "food",
        25,
        45,
        900,
        (
            "sourdough loaf",
            "free range eggs, 6",
            "whole milk, 2 litres",
            "mature cheddar",
            "smoked mackerel",
            "arborio rice",
            "red lentils",
            "chopped tomatoes",
            "shepherd's pie",
            "tagliatelle",
            "porridge oats",
            "wildflower honey",
            "salted butter",
            "chicken thighs",
            "vegetable stock",
            "green pesto",
            "digestive biscuits",
            "strong white flour",
            "ploughman's pickle",
            "leek and potato soup",
        ),
    ),
    Category(
        "bws",
        10,
        150,
        2000,
        (
            "pale ale, 4 cans",
            "côtes du rhône",
            "brewer's dry cider",
            "elderflower gin",
        ),
    ),
)

PRICE_PERCENT = (100, 90, 75)
"""What of the list price an item may cost."""

PRICE_WEIGHTS = (13, 2, 1)
"""How often, in sixteenths."""


def _assortment() -> tuple[tuple[int, str], ...]:
    """Mix the categories evenly, so that a shop with fewer products still has some of each."""
    # 2,340 is a multiple of every category's size.
    spread = [
        ((2 * place + 1) * 2_340 // len(category.descriptions), number, description)
        for number, category in enumerate(CATEGORIES)
        for place, description in enumerate(category.descriptions)
    ]
    return tuple((number, description) for _, number, description in sorted(spread))


ASSORTMENT = _assortment()
"""The first 64 products in the order of their ids: number of the category, description."""
