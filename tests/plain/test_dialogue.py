"""What may be answered, and what is kept."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from entra_tui.plain.dialogue import Dialogue, InputEnded
from entra_tui.storage.lists import ListDatabase
from tests.plain.person import Sitting, unwrapped

if TYPE_CHECKING:
    from pathlib import Path


def test_lines_are_short_but_for_addresses(tmp_path: Path) -> None:
    told = Sitting(tmp_path).run(Press_Enter_to_synchronize=("h", ""))
    long = [line for line in told.splitlines() if len(line) > 79]
    assert all(line.startswith("https://") for line in long)
    assert told.isascii()


def test_help_and_values_come_and_the_question_again(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    plain = unwrapped(sitting.run(Tenant_ID=("h", "v", "")))
    assert "A domain name of the tenant works as well" in plain
    assert "Page with the Tenant ID: https://" in plain
    assert "Steps 2 to 4 take an Application Administrator" in plain
    assert sum(question.startswith("Tenant ID") for question in sitting.asked) == 3
    assert "Done:" in plain


def test_back_keeps_what_was_entered(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    domain = sitting.scenario.tenant.domain
    plain = unwrapped(sitting.run(Tenant_ID=(domain, ""), Application=("b", "q")))
    assert "Step 1 of 7: Tenant In the Azure portal" in plain.partition("Step 2 of 7")[2]
    assert f"Tenant ID or domain name [{domain}]" in plain


def test_only_what_may_be_skipped_is_skipped(tmp_path: Path) -> None:
    plain = unwrapped(Sitting(tmp_path).run(Tenant_ID=("s", ""), Application=("s",), Client_secret=("q",)))
    assert "Step 1, Tenant, cannot be skipped." in plain
    assert "Step 3 of 7: Client secret" in plain
    assert "Step 4" not in plain


def test_the_next_start_goes_on_and_asks_for_the_secret_alone(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.run(Press_Enter_when=("q",))
    plain = unwrapped(sitting.run(Enter_a_number=("Go on at step 4, Permissions",)))
    assert "Enter it again to go on at step 4, Permissions." in plain
    assert not any(question.startswith(("Tenant ID", "Application")) for question in sitting.asked)
    assert "Done:" in plain


def test_the_end_of_the_input_keeps_the_draft(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    plain = unwrapped(sitting.run(Client_secret=()))
    assert plain.endswith("The input has ended. What was entered is kept; the next start goes on there.")
    assert "1. Go on at step 3, Client secret" in unwrapped(sitting.run(Enter_a_number=("q",)))


def test_a_result_that_removes_much_is_applied_when_the_person_says_so(tmp_path: Path) -> None:
    told = Sitting(tmp_path, "mass-deletion", users=None).run(
        Enter_a_number=("Set up a connector", "Synchronize a connector"), Apply_it=("y",)
    )
    _, _, after = unwrapped(told).partition("held back, nothing was changed. It would remove 600 of 1,000 entries")
    assert "Finding: Held back: it would remove 600 of 1,000 entries. Code: too-many-removals" in after
    assert " 600 removed, " in after


def test_a_list_says_how_old_its_last_full_read_is(tmp_path: Path) -> None:
    told = Sitting(tmp_path).run(Enter_a_number=("Set up a connector", "Lookup lists", "q"), A_number=("1", "b"))
    assert "40 entries. Last full read: just now." in unwrapped(told)


def test_a_connector_without_the_steps(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    given = sitting.scenario.inputs
    told = unwrapped(
        sitting.run(
            Enter_a_number=("Connectors", "Lookup lists", "Troubleshoot", "q"),
            A_number=("1", "1", "1", "b", "1", "b"),
            Name=("Contoso",),
            Tenant_ID=(given.tenant,),
            Client_ID=(given.client_id,),
            Client_secret=(given.secret.reveal(),),
        )
    )
    assert "Saved the connector 'Contoso'." in told
    assert "Checked 'Contoso': everything holds." in told
    assert "1. Users - Contoso: 0 entries, not synchronized yet" in told


def test_a_list_is_read_a_page_at_a_time(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path, users=45)
    told = unwrapped(
        sitting.run(
            Enter_a_number=("Set up a connector", "Lookup lists", "q"),
            A_number=("1", "b"),
            Words=("",),
            **{"20 of 45": ("3",), "40 of 45": ("",)},
            Enter_for_more=("",),
        )
    )
    assert "45 entries." in told
    assert "userPrincipalName: " in told
    assert " 45. " in told


@pytest.mark.parametrize("answer", ["0", "9", "x", "-1", "\N{SUPERSCRIPT TWO}"])
def test_a_number_that_is_none_is_asked_again(answer: str) -> None:
    out = io.StringIO()
    dialogue = Dialogue(io.StringIO(f"{answer}\n2\n"), out)
    assert dialogue.choose("Which", ["one", "two"]) == 1
    assert "Please enter a number from 1 to 2, or b to leave." in out.getvalue()


def test_directory_text_brings_no_escape_sequence() -> None:
    out = io.StringIO()
    Dialogue(io.StringIO(), out).say("\x1b[31mred\u202e", lead="1. ")
    assert out.getvalue() == "1. \N{REPLACEMENT CHARACTER}[31mred\N{REPLACEMENT CHARACTER}\n"


def test_a_reader_that_has_gone_ends_it() -> None:
    class Gone(io.StringIO):
        def write(self, _text: str, /) -> int:
            raise OSError(5, "Input/output error")

    with pytest.raises(InputEnded):
        Dialogue(io.StringIO(), Gone()).say("anybody there?")


def test_a_connector_that_another_copy_synchronizes_is_not_removed(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.run()
    with ListDatabase(tmp_path / "lists.db") as other, other.claim("Users - Microsoft Entra ID ASCERA Connector"):
        told = unwrapped(
            sitting.run(
                Enter_a_number=("Connectors", "Lookup lists", "q"), A_number=("1", "3", "b"), **{"(y or n)": ("y",)}
            )
        )
    assert "so nothing was removed; wait for it to finish, or close it." in told
    assert "Removed." not in told
    assert "Users - Microsoft Entra ID ASCERA Connector: 40 entries, synchronized" in told


def test_a_list_whose_connector_was_removed_can_be_removed(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.run()
    (tmp_path / "config.toml").unlink()
    told = unwrapped(sitting.run(Enter_a_number=("Lookup lists", "q"), A_number=("1", "2"), history=("y",)))
    assert "40 entries, synchronized, its connector was removed" in told
    assert "Removed." in told
    assert "There is no lookup list yet" in told


def test_a_refused_secret_is_asked_for_again_with_the_finding(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.run()
    wrong = "Wr0~Q-mistyped.secret_value-0123456789ab"
    told = unwrapped(
        sitting.run(
            Enter_a_number=("Connectors", "q"),
            A_number=("1", "1", "1", "1", "1", "1", "b"),
            Client_secret=(wrong, sitting.scenario.inputs.secret.reveal()),
            Try_the_same=("n",),
        )
    )
    assert sum(question.startswith("Client secret") for question in sitting.asked) == 2
    before, _, after = told.partition("Try the same secret again")
    assert before.endswith("is sent to login.microsoftonline.com. ")
    assert "The client secret is wrong. No current secret of app" in before
    assert after.count("everything holds") == 2
    assert wrong not in told


def test_a_removal_says_what_it_removed(tmp_path: Path) -> None:
    sitting = Sitting(tmp_path)
    sitting.run()
    told = unwrapped(sitting.run(Enter_a_number=("Connectors", "q"), A_number=("1", "3", "b"), **{"(y or n)": ("y",)}))
    assert "Removed the connector 'Microsoft Entra ID ASCERA Connector' and its lookup lists." in told
