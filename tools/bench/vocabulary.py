"""The nouns of the generated service: what its tables, columns and states are called."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Entity:
    """One thing the service stores: a table, its columns and the states of a row."""

    one: str
    many: str
    texts: tuple[str, str, str]
    numbers: tuple[str, str]
    states: tuple[str, str, str]
    parent: str

    @property
    def class_name(self) -> str:
        """Return the entity's name as a class is spelt."""
        return "".join(part.capitalize() for part in self.one.split("_"))


def _read_entities(table: str) -> Iterator[Entity]:
    for line in table.strip().splitlines():
        one, many, texts, numbers, states, parent = (cell.strip() for cell in line.split("|"))
        text1, text2, text3 = texts.split()
        number1, number2 = numbers.split()
        state1, state2, state3 = states.split()
        yield Entity(
            one=one,
            many=many,
            texts=(text1, text2, text3),
            numbers=(number1, number2),
            states=(state1, state2, state3),
            parent=parent,
        )


_TABLE = """
invoice  | invoices  | number currency memo  | amount tax       | draft sent paid     | account
shipment | shipments | carrier city label    | weight cost      | packed moving done  | order
ticket   | tickets   | subject channel queue | priority age     | open waiting closed | user
customer | customers | name email region     | credit visits    | lead active gone    | team
course   | courses   | title topic language  | length rating    | draft live hidden   | school
lesson   | lessons   | title summary kind    | minutes points   | new started finished| course
booking  | bookings  | code room notes       | guests price     | held sure void      | venue
vehicle  | vehicles  | plate model depot     | mileage seats    | idle busy broken    | fleet
device   | devices   | serial firmware site  | voltage uptime   | online offline lost | tenant
article  | articles  | headline slug author  | words score      | draft review public | journal
payment  | payments  | method reference payer| amount fee       | open captured failed| invoice
contract | contracts | title signer office   | value months     | offer signed ended  | partner
session  | sessions  | goal coach mood       | duration rating  | planned held missed | user
message  | messages  | sender body thread    | size retries     | queued sent bounced | channel
product  | products  | sku name brand        | price stock      | new listed retired  | vendor
campaign | campaigns | title audience medium | budget clicks    | idea running over   | brand
survey   | surveys   | title owner locale    | questions answers| draft open closed   | study
document | documents | title folder format   | pages size       | new parsed failed   | project
meter    | meters    | serial street unit    | reading factor   | ok stale removed    | building
candidate| candidates| name skill source     | years score      | new invited hired   | position
"""
ENTITIES: tuple[Entity, ...] = tuple(_read_entities(_TABLE))

_CHOICES: dict[str, tuple[str, ...]] = {
    "fetch": ("fetch", "load", "read", "find", "get"),
    "save": ("save", "store", "record", "write"),
    "build": ("build", "make", "compose", "prepare"),
    "rows": ("rows", "records", "items", "entries"),
    "result": ("result", "payload", "output", "answer"),
    "limit": ("20", "25", "50", "100", "200", "500"),
    "small": ("2", "3", "4", "5", "8"),
    "days": ("7", "14", "30", "60", "90"),
    "seconds": ("15", "20", "30", "45", "60"),
    "ratio": ("0.05", "0.1", "0.25", "0.4", "0.75"),
    "digits": ("1", "2", "3"),
    "Role": ("Desk", "Service", "Book", "Keeper", "Ledger"),
    "model": ("small-1", "medium-2", "large-3", "large-4"),
}


def words_for(entity: Entity, rng: Random) -> dict[str, str]:
    """Return the substitutions of a template for `entity`; the small choices differ each time."""
    text1, text2, text3 = rng.sample(entity.texts, 3)
    number1, number2 = rng.sample(entity.numbers, 2)
    state1, state2, state3 = entity.states
    words = {
        "one": entity.one,
        "many": entity.many,
        "Class": entity.class_name,
        "parent": entity.parent,
        "text1": text1,
        "text2": text2,
        "text3": text3,
        "num1": number1,
        "num2": number2,
        "state1": state1,
        "state2": state2,
        "state3": state3,
        "UPPER": entity.many.upper(),
    }
    words.update({key: rng.choice(values) for key, values in _CHOICES.items()})
    return words
