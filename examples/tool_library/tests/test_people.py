"""Members, what they like, and what they are told."""

import pytest
from library import journal, loans, members, notices, preferences, reports, search, tools


@pytest.fixture
def ada():
    return members.join("Ada@example.org", "Ada Byron", "north")


@pytest.fixture
def emmy():
    return members.join("emmy@example.org", "Emmy Noether", "harbour")


def test_member_is_entered_once(ada):
    assert members.join(" ada@example.org", "Somebody else", "harbour") == ada
    assert members.find(ada) == {
        "id": ada,
        "email": "ada@example.org",
        "name": "Ada Byron",
        "branch": "north",
        "active": True,
        "newsletter": False,
    }


def test_unknown_member_is_told():
    with pytest.raises(members.UnknownMember):
        members.find(4711)


def test_member_is_found_by_address(ada):
    assert members.by_email("ADA@example.org") == ada
    assert members.by_email("nobody@example.org") is None


def test_name_and_branch_change(ada):
    members.rename(ada, "Ada Lovelace")
    members.move(ada, "old-town")
    assert members.find(ada)["name"] == "Ada Lovelace"
    assert members.find(ada)["branch"] == "old-town"


def test_newsletter(ada, emmy):
    members.subscribe(ada)
    members.subscribe(emmy)
    assert members.subscribers() == ["ada@example.org", "emmy@example.org"]
    assert members.subscribers("harbour") == ["emmy@example.org"]
    members.unsubscribe(ada)
    assert members.subscribers() == ["emmy@example.org"]


def test_who_has_left_is_no_longer_active(ada, emmy):
    assert members.leave(ada)
    assert not members.leave(ada)
    assert [one["name"] for one in members.active()] == ["Emmy Noether"]
    assert members.find(ada)["active"] is False


def test_count_by_branch(ada, emmy):
    assert members.count_by_branch() == {"north": 1, "harbour": 1, "old-town": 0}


def test_who_joined_lately(ada, emmy):
    assert members.joined_lately(7) == ["Ada Byron", "Emmy Noether"]
    assert members.joined_lately(30) == ["Ada Byron", "Emmy Noether"]


def test_only_who_never_borrowed_is_forgotten(ada, emmy):
    loans.borrow(tools.register("DR-1", "drill", "north"), emmy)
    assert members.forget(ada)
    assert not members.forget(emmy)


def test_choices_are_kept_and_changed(ada, emmy):
    assert preferences.load(ada) == {}
    preferences.save(ada, {"colour": "red", "sizes": [1, 2]})
    assert preferences.change(ada, colour="blue") == {"colour": "blue", "sizes": [1, 2]}
    assert preferences.load(ada) == {"colour": "blue", "sizes": [1, 2]}
    assert preferences.everybodys() == {ada: {"colour": "blue", "sizes": [1, 2]}}
    assert preferences.with_choices() == 1
    preferences.clear(ada)
    assert preferences.with_choices() == 0


def test_notices_wait_until_they_are_sent(ada, emmy):
    notices.queue(ada, "Welcome", "Come in.")
    notices.queue(emmy, "Welcome", "Come in.")
    notices.queue_for_tomorrow(ada, "Survey", "How do you like it?")
    assert [(address, subject) for _, address, subject in notices.waiting()] == [
        ("ada@example.org", "Welcome"),
        ("emmy@example.org", "Welcome"),
    ]
    assert notices.unread(ada) == ["Welcome", "Survey"]


def test_notice_that_fails_is_tried_again_three_times(ada, emmy):
    notices.queue(ada, "Welcome", "Come in.")
    notices.queue(emmy, "Welcome", "Come in.")

    def send(address, subject):
        if address.startswith("ada"):
            raise ConnectionError(address)
        if not subject:
            raise ValueError(subject)

    assert notices.deliver(send) == 1
    assert notices.unread(emmy) == []
    assert len(notices.waiting()) == 1
    assert notices.deliver(send) == notices.deliver(send) == 0
    assert notices.waiting() == []


def test_notice_that_fails_otherwise_is_logged(ada, caplog):
    notices.queue(ada, "Welcome", "Come in.")

    def send(address, subject):
        raise RuntimeError("no mail today")

    assert notices.deliver(send) == 0
    assert "no mail today" in caplog.text


def test_notices_are_dropped_and_searched(ada):
    notices.queue(ada, "Welcome to the library", "Come in.")
    notices.queue(ada, "Welcome to the library", "Really.")
    assert notices.subjects_like("to the") == ["Welcome to the library"]
    notices.drop(ada)
    assert notices.subjects_like("to the") == []


def test_reminders_are_for_what_is_due(ada):
    loan = loans.borrow(tools.register("DR-1", "drill", "north"), ada)
    assert notices.remind(1) == 0
    loans.backdate(loan, 10)
    assert notices.remind(5) == 1
    assert notices.unread(ada) == ["Due soon: DR-1"]


def test_members_are_searched(ada, emmy):
    assert search.members_like("Byron") == ["Ada Byron"]
    assert search.members_like("example.org") == ["Ada Byron", "Emmy Noether"]
    assert search.first_member("E") == "Emmy Noether"
    assert search.first_member("X") is None


def test_member_card(ada):
    assert reports.member_card(ada) == "Ada Byron, north"
    members.subscribe(ada)
    assert reports.member_card(ada) == "Ada Byron, north, newsletter"
    assert reports.member_card(0) == "nobody"


def test_journal_tells_who_did_what(ada):
    journal.note("ada", "opened", door="front", times=2)
    journal.note_all("ada", ["swept", "closed", "swept"])
    journal.note("emmy", "counted")
    assert journal.latest(2) == [("emmy", "counted"), ("ada", "swept")]
    assert journal.details_of_last("opened") == {"door": "front", "times": 2}
    assert journal.details_of_last("painted") is None
    assert journal.actions_of("ada") == "closed,opened,swept"
    assert journal.actions_of("nobody") == ""
    assert journal.skipped(1, 2) == ["swept", "closed"]
    assert journal.trim() == 0
