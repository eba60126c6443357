"""Tools, and how they are found and mended."""

import pytest
from library import imports, reports, schema, search, settings, tools
from library.repairs import URGENT, Workshop, average_cost, stale, words

MEMBERS = "email,name,branch\nA@example.org,Ada,north\nb@example.org,Bea,harbour\n"
TOOLS = "code,name,branch,fee\nDR-1,big drill,north,2.5\nSA-1,saw,harbour,1\n"


@pytest.fixture
def drill():
    return tools.register("DR-1", "cordless drill", "north", 2.5, 4)


@pytest.fixture
def saw():
    return tools.register("SA-1", "jig saw", "harbour", 1.0, 7)


def test_tables_can_be_created_again():
    schema.create_tables()
    schema.fill_branches()
    assert sorted(schema.branches()) == ["harbour", "north", "old-town"]


def test_tables_can_be_dropped_and_created():
    schema.drop_tables()
    schema.create_tables()
    assert schema.branches() == {}


def test_tool_is_entered(drill):
    assert tools.get(drill) == {
        "id": drill,
        "code": "DR-1",
        "name": "cordless drill",
        "branch": "north",
        "daily_fee": 2.5,
        "shelf": 4,
        "retired": False,
    }
    assert tools.get(0) is None


def test_tool_is_corrected(drill):
    tools.register("DR-1", "hammer drill", "harbour", 3.0, 5)
    assert tools.on_shelf("north", 4) == []
    (corrected,) = tools.on_shelf("harbour", 5)
    assert (corrected["name"], corrected["daily_fee"]) == ("hammer drill", 3.0)


def test_retired_tools_are_hidden(drill):
    tools.retire(drill)
    assert tools.get(drill)["retired"]
    assert tools.on_shelf("north", 4) == []
    tools.revive(drill)
    assert [tool["code"] for tool in tools.on_shelf("north", 4)] == ["DR-1"]


def test_fee_changes(drill):
    tools.set_fee(drill, 4.25)
    assert tools.get(drill)["daily_fee"] == 4.25
    with pytest.raises(ValueError, match="negative"):
        tools.set_fee(drill, -1)


def test_tags(drill, saw):
    tools.tag(drill, "Power", "wood", "power")
    tools.tag(saw, "wood")
    assert tools.tags_of(drill) == "power, wood"
    assert tools.tagged("power", "metal") == ["DR-1"]
    assert tools.tagged("wood") == ["DR-1", "SA-1"]
    assert tools.tagged() == []
    tools.untag(drill, "Power")
    assert tools.tags_of(drill) == "wood"
    tools.untag(drill, "wood")
    assert tools.tags_of(drill) == ""


def test_photo_is_bytes(drill):
    assert tools.photo_of(drill) is None
    tools.add_photo(drill, b"\x00\xff%s?")
    assert tools.photo_of(drill) == b"\x00\xff%s?"


def test_pages():
    for number in range(1, 6):
        tools.register(f"HA-{number}", "hammer", "north", number)
    assert tools.page("north", 1, 2) == ["HA-1 hammer", "HA-2 hammer"]
    assert tools.page("north", 3, 2) == ["HA-5 hammer"]
    assert tools.cheapest() == ["HA-1", "HA-2", "HA-3"]


def test_relocated_tool_is_off_its_shelf(drill):
    assert tools.relocate("DR-1", "harbour")
    assert not tools.relocate("XX-9", "harbour")
    assert (tools.get(drill)["branch"], tools.get(drill)["shelf"]) == ("harbour", None)


def test_search_by_name(drill, saw):
    assert search.tools_named("drill") == ["DR-1"]
    assert search.drills("north") == {"DR-1": "cordless drill"}
    assert search.drills("harbour") == {}
    assert search.position_in_name("DR-1", "drill") == 10
    assert search.position_in_name("DR-1", "saw") == 0
    assert search.position_in_name("XX-9", "saw") == 0


def test_search_with_percents():
    tools.register("LA-1", "ladder (20% off)", "north")
    tools.register("LA-2", "ladder (half price)", "north")
    assert search.reduced("north") == ["LA-1"]


def test_search_by_several_conditions(drill, saw):
    tools.tag(drill, "wood")
    assert search.tools_where() == ["DR-1", "SA-1"]
    assert search.tools_where(branch="north", tag="wood", at_most=3) == ["DR-1"]
    assert search.tools_where(at_most=2) == ["SA-1"]
    assert search.suggestions("jig") == ["jig saw"]


def test_settings():
    settings.fill()
    settings.put("closing", "20:00")
    settings.put("closing", "19:00")
    settings.fill()
    assert settings.get("closing") == "19:00"
    assert settings.get("rent") is None
    assert settings.get("rent", "0") == "0"
    settings.put_all({"currency": "SEK", "mail_from": "a@example.org", "mail_to": "b@example.org"})
    assert settings.all_of("mail_") == {"mail_from": "a@example.org", "mail_to": "b@example.org"}
    assert settings.get("currency") == "SEK"
    assert settings.remove("mail_from", "mail_to", "mail_cc") == 2
    assert settings.exists("opening")
    assert not settings.exists("mail_to")
    assert settings.changed_today() == ["closing", "currency", "opening"]


def test_workshop(drill, saw):
    north, harbour = Workshop("north"), Workshop("harbour")
    first = north.report(drill, "battery is dead. Why?")
    second = north.report(drill, "smells of smoke", URGENT)
    harbour.report(saw, "blunt")
    assert north.todo() == ["DR-1: smells of smoke", "DR-1: battery is dead. Why?"]
    assert search.questions("battery") == ["battery is dead. Why?"]
    assert north.is_urgent(second)
    assert not north.is_urgent(first)
    assert north.finish(first, 12.5)
    assert not north.finish(first, 99.0)
    assert (north.costs(), harbour.costs()) == (12.5, 0)
    assert average_cost("DR-1") == 12.5
    assert average_cost("SA-1") == 0
    assert stale() == 0
    assert words(2) == ["blunt", "smells"]


def test_repair_is_delegated(drill):
    repair = Workshop("north").report(drill, "blunt")
    assert Workshop("north").delegate(repair, "harbour")
    assert Workshop("harbour").todo() == ["DR-1: blunt"]


def test_lists_are_taken_over():
    assert imports.members(MEMBERS) == 2
    assert imports.members(MEMBERS) == 2
    assert imports.tools(TOOLS) == 2
    assert imports.tools(TOOLS.replace("big", "small")) == 2
    assert imports.tools("code,name,branch,fee\nX,y,north,cheap\n") == 0
    assert imports.tags("code,tag\nDR-1,wood\nDR-1,wood\nXX-9,wood\n") == 3
    assert search.tools_named("small") == ["DR-1"]
    assert tools.tagged("wood") == ["DR-1"]
    assert imports.check(TOOLS + "HA-1,hammer,north,cheap\n") == [3]
    assert reports.overview() == {"members": 2, "tools": 2, "out": 0}
