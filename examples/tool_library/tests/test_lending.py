"""Loans, reservations, fines, and the numbers for the meeting."""

import datetime

import pytest
from library import fines, loans, members, reports, reservations, tools


@pytest.fixture
def ada():
    return members.join("ada@example.org", "Ada", "north")


@pytest.fixture
def emmy():
    return members.join("emmy@example.org", "Emmy", "north")


@pytest.fixture
def drill():
    return tools.register("DR-1", "drill", "north", 2.5)


@pytest.fixture
def saw():
    return tools.register("SA-1", "saw", "north", 1.0)


def test_tool_is_lent_once(drill, ada, emmy):
    loans.borrow(drill, ada)
    assert loans.is_out(drill)
    assert loans.open_loans(ada) == 1
    with pytest.raises(loans.NotAvailable, match="DR-1 is out"):
        loans.borrow(drill, emmy)


def test_what_can_not_be_lent(drill, ada):
    with pytest.raises(loans.NotAvailable, match="no tool"):
        loans.borrow(0, ada)
    with pytest.raises(loans.NotAvailable, match="may not"):
        loans.borrow(drill, 0)
    tools.retire(drill)
    with pytest.raises(loans.NotAvailable, match="no tool"):
        loans.borrow(drill, ada)


def test_five_tools_are_enough(ada):
    numbers = [tools.register(f"HA-{number}", "hammer", "north") for number in range(6)]
    for number in numbers[:5]:
        loans.borrow(number, ada)
    with pytest.raises(loans.NotAvailable, match="already"):
        loans.borrow(numbers[5], ada)


def test_tool_comes_back(drill, ada):
    loan = loans.borrow(drill, ada)
    assert loans.give_back(loan)
    assert not loans.give_back(loan)
    assert not loans.is_out(drill)
    assert loans.history(ada) == [("DR-1", True)]


def test_history_is_newest_first(drill, saw, ada):
    loans.give_back(loans.borrow(drill, ada))
    loans.borrow(saw, ada)
    assert loans.history(ada) == [("SA-1", False), ("DR-1", True)]
    assert loans.history(ada, 1) == [("SA-1", False)]


def test_loan_is_renewed_twice(drill, ada):
    loan = loans.borrow(drill, ada)
    assert loans.renew(loan)
    assert loans.renew(loan)
    assert not loans.renew(loan)


def test_overdue(drill, saw, ada):
    late, fine = loans.borrow(drill, ada), loans.borrow(saw, ada)
    loans.backdate(late, 30)
    loans.backdate(fine, 10)
    assert loans.overdue() == [("DR-1", "Ada")]
    assert loans.due_soon() == []


def test_notes(drill, ada):
    loan = loans.borrow(drill, ada, "fragile")
    assert loans.note_of(loan) == "fragile"
    loans.annotate(loan, "100% fragile?")
    assert loans.note_of(loan) == "100% fragile?"
    assert loans.note_of(0) == ""


def test_holders(drill, ada, emmy):
    assert loans.holders("DR-1") == "nobody"
    loans.give_back(loans.borrow(drill, emmy))
    loans.give_back(loans.borrow(drill, ada))
    loans.borrow(drill, ada)
    assert loans.holders("DR-1") == "Ada / Emmy"


def test_places_in_line(drill, saw, ada, emmy):
    first = reservations.reserve(drill, ada)
    second = reservations.reserve(drill, emmy)
    reservations.reserve(saw, emmy)
    assert reservations.waiting(drill) == ["Ada", "Emmy"]
    assert reservations.next_in_line(drill) == ada
    assert reservations.demand() == [("DR-1", 2), ("SA-1", 1)]
    reservations.cancel(first)
    assert reservations.next_in_line(drill) == emmy
    assert reservations.cancel_all_of(emmy) == 2
    assert reservations.next_in_line(drill) is None
    assert reservations.prolong([first, second, 0]) == 2
    assert reservations.prolong([]) == 0


def test_places_expire(drill, ada):
    place = reservations.reserve(drill, ada)
    assert reservations.expire() == 0
    reservations.let_pass(place)
    assert reservations.expire() == 1
    assert reservations.waiting(drill) == []


def test_fines(drill, ada):
    loan = loans.borrow(drill, ada)
    first = fines.charge(loan, 3)
    second = fines.charge(loan, 5, "broken")
    assert fines.owed_by(ada) == 4.0
    assert fines.has_open(ada)
    assert fines.label(first) == "late: open"
    assert fines.pay(first)
    assert not fines.pay(first)
    assert fines.label(first) == "late: paid"
    assert fines.label(0) == "no such fine"
    assert fines.paid_lately() == 1.5
    assert fines.debtors() == [("Ada", 2.5)]
    assert fines.debtors(3.0) == []
    assert reports.income() == (1.5, 2.5)
    assert fines.settle(ada) == 1
    assert fines.label(second) == "broken: paid"
    assert fines.owed_by(ada) == 0
    assert not fines.has_open(ada)
    assert fines.waive(loan) == 0


def test_fines_are_waived(drill, ada):
    loan = loans.borrow(drill, ada)
    fines.charge(loan, 1)
    assert fines.waive(loan) == 1
    assert fines.paid_lately() == 0


def test_numbers_for_the_meeting(drill, saw, ada):
    loans.give_back(loans.borrow(drill, ada))
    loans.borrow(drill, ada)
    tools.register("LA-1", "ladder", "north")
    tools.tag(drill, "power")
    tools.tag(saw, "wood")
    month = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m")
    assert reports.overview() == {"members": 1, "tools": 3, "out": 1}
    assert reports.busiest(5) == [("DR-1", 2)]
    assert reports.loans_by_month() == {month: 2}
    assert reports.loans_in(month) == 2
    assert reports.loans_in("1999-01") == 0
    assert reports.idle("north") == "LA-1, SA-1"
    assert reports.idle("harbour") == "-"
    assert reports.popular_tags() == ["power (2)", "wood (0)"]
    assert reports.tools_by_size_of_name() == ["LA-1", "DR-1", "SA-1"]
    assert reports.today() == 2
