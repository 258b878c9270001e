"""What is charged in the journey."""

from __future__ import annotations

from yijie.interfaces.sample import shelf

from .his import Item

SHORT_BILL = [
    Item(shelf.SURGERY.code, shelf.SURGERY.price, "6"),
    Item(shelf.DRUG_A.code, shelf.DRUG_A.price, "20"),
    Item(shelf.DRUG_B.code, shelf.DRUG_B.price, "15"),
    Item(shelf.BED.code, shelf.BED.price, "4"),
]


def stay_lines(encounter: str) -> tuple[list[Item], list[Item], list[Item]]:
    """Three batches of lines of the long stay, every sort among them; the last refunds two units of the first drug."""

    def serial(number: int) -> str:
        return f"{encounter[-8:]}{number:06d}"

    def line(number: int, item: shelf.ShelfItem, quantity: str, approval: str = "0") -> Item:
        return Item(item.code, item.price, quantity, approval, serial=serial(number))

    first = [
        line(1, shelf.DRUG_A, "10"),
        line(2, shelf.DRUG_B, "6"),
        line(3, shelf.DRUG_C, "2"),
        line(4, shelf.MATERIAL_OVER_CEILING, "4"),
        line(5, shelf.DRUG_RESTRICTED, "3", approval="0"),
        line(6, shelf.DRUG_RESTRICTED, "3", approval="1"),
        line(7, shelf.SURGERY, "1"),
        line(8, shelf.MATERIAL_20, "1"),
        line(9, shelf.EXAMINATION, "2"),
        line(10, shelf.PIECE_DECIMAL, "37.5"),
    ]
    daily = [shelf.BED, shelf.NURSING, shelf.CONSULT]
    second = [line(20 + 3 * day + n, item, "1") for day in range(5) for n, item in enumerate(daily)]
    second += [line(40 + day, shelf.DRUG_A, "4") for day in range(5)]
    third = [line(60 + 3 * day + n, item, "1") for day in range(4) for n, item in enumerate(daily)]
    third += [line(80, shelf.LABORATORY, "2")]
    third += [Item(shelf.DRUG_A.code, shelf.DRUG_A.price, "-2", serial=serial(90), original=serial(1))]
    return first, second, third
