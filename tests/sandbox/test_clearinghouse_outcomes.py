# SPDX-License-Identifier: MIT
"""Each beginning of a member id does what the package's table says, balanced to the cent."""

from __future__ import annotations

import io
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pyx12 import params as pyx12_params
from pyx12 import x12n_document
from test_clearinghouse import assert_balanced, claims_file, named, segments

from mediyn_desktop.core.clock import FixedClock
from mediyn_desktop.sandbox.clearinghouse import (
    ClearinghouseServer,
    Memory,
    NotQuestions,
    answer,
    answer_folder,
    answer_questions,
)
from mediyn_desktop.sandbox.clearinghouse.memory import load

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
PREFIXES = [
    "TA1", "IK5", "MUTE", "LOST", "PREJ", "REJ", "DENY", "DED", "PART", "SOME", "SEQ", "REV",
    "TAKE", "INT", "CROSS", "STRAY", "OFF", "",
]  # fmt: skip


def lines(text: str, name: str) -> list[str]:
    return ["*".join(row[1:]) for row in named(text, name)]


def claims(text: str) -> list[str]:
    """Control number, status, charge and payment of each claim."""
    return ["*".join(row[1:5]) for row in named(text, "CLP")]


def paid(text: str) -> str:
    return named(text, "BPR")[0][2]


def test_the_prefixes_are_those_of_the_table() -> None:
    from mediyn_desktop.sandbox import clearinghouse
    from mediyn_desktop.sandbox.clearinghouse.outcomes import Outcome

    assert [one.value for one in Outcome] == PREFIXES
    for prefix in PREFIXES[:-1]:
        assert f"\n{prefix} " in (clearinghouse.__doc__ or "")


@pytest.mark.parametrize("prefix", PREFIXES)
def test_every_answer_is_sound_by_an_independent_validator(prefix: str) -> None:
    text = claims_file([f"{prefix}01", "W2"], charges=("175.00", "60.00"))
    for kind, reply in answer(text, NOW).items():
        if kind == "ta1":
            continue  # an interchange without a group, which that validator does not know
        verdict = x12n_document.x12n_document(
            pyx12_params.params(), io.StringIO(reply), io.StringIO(), None, None
        )
        assert verdict is True, kind


@pytest.mark.parametrize("prefix", [one for one in PREFIXES if one != "OFF"])
def test_every_payment_balances(prefix: str) -> None:
    answers = answer(claims_file([f"{prefix}1", "W2"], charges=("175.33", "0.07", "60.00")), NOW)
    for kind, reply in answers.items():
        if kind.endswith("835"):
            assert_balanced(reply)


def test_one_that_does_not_balance_is_a_dollar_off() -> None:
    with pytest.raises(AssertionError):
        assert_balanced(answer(claims_file(["OFF1"]), NOW)["835"])
    assert paid(answer(claims_file(["OFF1"]), NOW)["835"]) == "116.00"


def test_some_lines_are_paid_and_others_denied() -> None:
    text = answer(claims_file(["SOME1"], charges=("175.00", "60.00")), NOW)["835"]
    assert claims(text) == ["CLAIM1*1*235.00*115.00"]
    assert lines(text, "CAS") == ["CO*45*35.00", "PR*3*25.00", "CO*97*60.00"]


def test_sequestration_takes_two_percent_of_what_is_paid() -> None:
    text = answer(claims_file(["SEQ1"]), NOW)["835"]
    assert lines(text, "CAS") == ["CO*45*35.00", "CO*253*2.30", "PR*3*25.00"]
    assert paid(text) == "112.70"


def test_interest_is_told_on_the_claim_and_paid_in_the_balance() -> None:
    text = answer(claims_file(["INT1"]), NOW)["835"]
    assert claims(text) == ["CLAIM1*1*175.00*115.00"]
    assert "I*1.15" in lines(text, "AMT")
    assert lines(text, "PLB") == ["1234567893*20261231*L6:SBXCLAIM1*-1.15"]
    assert paid(text) == "116.15"


def test_a_crossed_over_claim_is_paid_again_by_the_next_payer() -> None:
    answers = answer(claims_file(["CROSS1"]), NOW)
    assert claims(answers["835"]) == ["CLAIM1*19*175.00*112.00"]
    assert "TT*2*SANDBOX SECONDARY*****PI*99998" in lines(answers["835"], "NM1")
    later = answers["later.835"]
    assert claims(later) == ["CLAIM1*2*175.00*28.00"]
    assert lines(later, "CAS") == ["OA*23*147.00"]
    assert named(later, "N1")[0][1:3] == ["PR", "SANDBOX SECONDARY"]


def test_a_correction_comes_later_after_its_reversal() -> None:
    answers = answer(claims_file(["REV1"]), NOW)
    assert claims(answers["835"]) == ["CLAIM1*1*175.00*115.00"]
    assert claims(answers["later.835"]) == [
        "CLAIM1*22*-175.00*-115.00",
        "CLAIM1*1*175.00*140.00",
    ]
    assert lines(answers["later.835"], "CAS") == [
        "CO*45*-35.00",
        "PR*3*-25.00",
        "CO*45*35.00",
    ]
    assert paid(answers["later.835"]) == "25.00"


def test_money_taken_back_lowers_the_next_payments_until_it_is_back() -> None:
    memory = Memory()
    answers = answer(claims_file(["TAKE1"]), NOW, memory=memory)
    assert paid(answers["835"]) == "115.00"
    later = answers["later.835"]
    assert claims(later) == ["CLAIM1*22*-175.00*-115.00"]
    assert lines(later, "PLB") == ["1234567893*20261231*FB:SBXCLAIM1*-115.00"]
    assert named(later, "BPR")[0][1:5] == ["H", "0.00", "C", "NON"]
    second = answer(claims_file(["PART1"], charges=("100.00",)), NOW, memory=memory)["835"]
    assert lines(second, "PLB") == ["1234567893*20261231*WO:SBXCLAIM1*64.00"]
    assert paid(second) == "0.00"
    third = answer(claims_file(["W1"]), NOW, memory=memory)["835"]
    assert lines(third, "PLB") == ["1234567893*20261231*WO:SBXCLAIM1*51.00"]
    assert paid(third) == "64.00"
    assert named(answer(claims_file(["W1"]), NOW, memory=memory)["835"], "PLB") == []
    for text in (later, second, third):
        assert_balanced(text)


def test_a_claim_nobody_sent_lies_in_the_payment() -> None:
    text = answer(claims_file(["STRAY1"]), NOW)["835"]
    assert claims(text) == ["CLAIM1*1*175.00*115.00", "NOTOURS1*1*175.00*115.00"]
    assert lines(text, "REF").count("6R*L1-1") == 1


def test_a_replacement_reverses_the_original_and_a_void_takes_the_money_back() -> None:
    memory = Memory()
    answer(claims_file(["DENY1"]), NOW, memory=memory)
    again = claims_file(["DENY1"], frequency="7", original="SBXCLAIM1")
    text = answer(again, NOW, memory=memory)["835"]
    assert claims(text) == ["CLAIM1*22*-175.00*0.00", "CLAIM1*1*175.00*115.00"]
    assert_balanced(text)
    void = answer(claims_file(["W1"], frequency="8", original="SBXCLAIM1"), NOW, memory=memory)
    assert [row[1] for row in named(void["277ca"], "STC")][-1] == "A1:20"
    assert claims(void["835"]) == ["CLAIM1*22*-175.00*-115.00"]
    assert lines(void["835"], "PLB")[0].endswith("FB:SBXCLAIM1*-115.00")
    assert_balanced(void["835"])


def test_a_later_insurer_pays_what_the_one_before_left_to_the_client() -> None:
    told = "SVD*60054*112.00*HC:90837:95**1~\nCAS*CO*45*35.00~\nCAS*PR*2*20.00**1*8.00~\n"
    text = claims_file(["PART1"]).replace("REF*6R*L1-1~\n", f"REF*6R*L1-1~\n{told}")
    text = text.replace("SE*24*", "SE*27*")
    answered = answer(text, NOW)["835"]
    assert claims(answered) == ["CLAIM1*2*175.00*28.00"]
    assert lines(answered, "CAS") == ["OA*23*147.00"]
    assert_balanced(answered)


def test_a_set_is_refused_with_the_place_of_the_fault() -> None:
    text = claims_file(["W1", "IK51"])
    answers = answer(text, NOW)
    assert set(answers) == {"999"}
    (place,) = named(answers["999"], "IK3")
    assert place[1:] == ["NM1", place[2], "2010", "8"]
    inside = [row for row in segments(text) if row[0] not in ("ISA", "GS")]
    assert inside[int(place[2]) - 1][9] == "IK51"
    assert lines(answers["999"], "IK4") == ["9*67*7*IK51"]
    assert lines(answers["999"], "IK5") == ["R*5"]
    assert lines(answers["999"], "AK9") == ["R*1*1*0"]


def test_a_whole_file_is_refused_or_acknowledged_by_a_ta1() -> None:
    answers = answer(claims_file(["TA11"]), NOW)
    assert set(answers) == {"ta1"}
    assert lines(answers["ta1"], "TA1") == ["000000042*261123*1800*R*022"]
    assert named(answers["ta1"], "IEA")[0][1] == "0"
    accepted = answer(claims_file(["W1"], acknowledge="1"), NOW)
    assert list(accepted) == ["ta1", "999", "277ca", "835"]
    assert lines(accepted["ta1"], "TA1") == ["000000042*261123*1800*A*000"]


def test_the_payer_refuses_what_the_clearinghouse_took() -> None:
    answers = answer(claims_file(["PREJ1", "W2"]), NOW)
    assert [row[1] for row in named(answers["277ca"], "STC")][-2:] == ["A1:20", "A1:20"]
    later = answers["later.277ca"]
    assert named(later, "NM1")[0][1:4] == ["PR", "2", "ACME HEALTH"]
    assert [row[2] for row in segments(later) if row[:2] == ["TRN", "2"]] == ["REF77", "CLAIM1"]
    assert lines(later, "STC")[-1] == "A3:33:IL*20261123*U*175.00"
    assert claims(answers["835"]) == ["CLAIM2*1*175.00*115.00"]


def test_a_claim_is_lost_without_a_word() -> None:
    answers = answer(claims_file(["LOST1", "W2"]), NOW)
    assert lines(answers["999"], "IK5") == ["A"]
    assert "CLAIM1" not in answers["277ca"] + answers["835"]
    assert "CLAIM2" in answers["277ca"]
    assert list(answer(claims_file(["LOST1"]), NOW)) == ["999"]
    assert answer(claims_file(["W1", "MUTE2"]), NOW) == {}


def test_the_folder_remembers_across_restarts(tmp_path: Path) -> None:
    outbox, inbox = tmp_path / "to", tmp_path / "from"
    outbox.mkdir()
    clock = FixedClock(NOW)
    (outbox / "a.837").write_text(claims_file(["TAKE1"]))
    (first,) = answer_folder(outbox, inbox, clock)
    assert [path.name.partition(".")[2] for path in first.written] == [
        "999", "277ca", "835", "later.835",
    ]  # fmt: skip
    (outbox / "b.837").write_text(claims_file(["PART1"]))
    (second,) = answer_folder(outbox, inbox, clock)
    remitted = second.written[-1].read_text()
    assert lines(remitted, "PLB") == ["1234567893*20261231*WO:SBXCLAIM1*112.00"]
    assert load(outbox / ".sandbox-answered").owed["60054|1234567893"].cents == 300
    assert answer_folder(outbox, inbox, clock) == []


def question(member: str) -> str:
    sent, got = "SENDER".ljust(15), "RECEIVER".ljust(15)
    rows = [
        f"ISA*00*{' ' * 10}*00*{' ' * 10}*ZZ*{sent}*ZZ*{got}*261123*1800*^*00501*000000043*0*T*:",
        "GS*HS*SENDER*RECEIVER*20261123*1800*43*X*005010X279A1",
        "ST*270*0001*005010X279A1",
        "BHT*0022*13*ELIG-9*20261123*1800",
        "HL*1**20*1",
        "NM1*PR*2*ACME HEALTH*****PI*60054",
        "HL*2*1*21*1",
        "NM1*1P*1*RIVERS*ANNA****XX*1234567893",
        "HL*3*2*22*0",
        "TRN*1*TRACE-1*9SENDER0001",
        f"NM1*IL*1*DOE*PAT****MI*{member}",
        "DMG*D8*19900101",
        "DTP*291*D8*20261124",
        "EQ*30",
        "EQ*MH",
        "SE*14*0001",
        "GE*1*43",
        "IEA*1*000000043",
    ]
    return "~\n".join(rows) + "~\n"


def test_an_active_member_has_benefits_and_others_do_not(tmp_path: Path) -> None:
    active = answer_questions(question("W1"), NOW)
    assert lines(active, "BHT")[0].startswith("0022*11*ELIG-9*")
    assert lines(active, "TRN") == ["2*TRACE-1*9SENDER0001"]
    assert [row[1] for row in named(active, "EB")] == ["1", "1", "B", "A", "C", "C"]
    assert "B*IND*MH***27*25*****Y" in lines(active, "EB")
    inactive = answer_questions(question("INACT1"), NOW)
    assert lines(inactive, "EB") == ["6**30", "6**MH"]
    assert lines(answer_questions(question("NOTF1"), NOW), "AAA") == ["N**75*C"]
    assert lines(answer_questions(question("DOWN1"), NOW), "AAA") == ["Y**42*R"]
    for text in (active, inactive):
        inside = [row for row in segments(text) if row[0] not in ("ISA", "GS", "GE", "IEA")]
        assert inside[-1] == ["SE", str(len(inside)), "0001"]
    for text in ("", "ISA", claims_file(["W1"]), question("W1").replace("GS*HS", "GS*HB")):
        with pytest.raises(NotQuestions):
            answer_questions(text, NOW)
    outbox = tmp_path / "to"
    outbox.mkdir()
    (outbox / "q.270").write_text(question("W1"))
    (done,) = answer_folder(outbox, tmp_path / "from", FixedClock(NOW))
    assert [path.suffix for path in done.written] == [".999", ".271"]


@pytest.fixture
def server() -> Iterator[ClearinghouseServer]:
    with ClearinghouseServer(clock=FixedClock(NOW)) as running:
        yield running


def call(url: str, body: Any = None, **headers: str) -> tuple[int, Any]:
    data = json.dumps(body).encode() if body is not None else None
    asked = urllib.request.Request(url, data, {"Authorization": "k", **headers})
    try:
        with urllib.request.urlopen(asked, timeout=60) as reply:
            raw = reply.read()
            status = reply.status
    except urllib.error.HTTPError as refused:
        with refused:
            raw, status = refused.read(), refused.code
    return status, json.loads(raw) if raw.startswith(b"{") else raw.decode()


def test_claims_over_http_are_filed_once_and_answered_from_the_list(
    server: ClearinghouseServer,
) -> None:
    base, text = server.base_url, claims_file(["REV1"])
    first = call(f"{base}/claims", {"x12": text}, **{"Idempotency-Key": "a"})
    again = call(f"{base}/claims", {"x12": text}, **{"Idempotency-Key": "a"})
    assert first == again
    assert first[0] == 200
    assert "*277*" in first[1]["x12"]
    assert len(server.desk.filed) == 1
    status, page = call(f"{base}/polling/transactions?startDateTime=x")
    assert (status, page["nextPageToken"], len(page["items"])) == (200, "3", 3)
    texts = [call(row["artifacts"][0]["url"])[1] for row in page["items"]]
    assert ["*999*" in texts[0], "*835*" in texts[1], "CLP*CLAIM1*22*" in texts[2]] == [True] * 3
    assert call(f"{base}/polling/transactions?pageToken=3")[1]["items"] == []


def test_http_refuses_at_once_what_cannot_be_filed(server: ClearinghouseServer) -> None:
    base = server.base_url
    for text in ("hello", claims_file(["IK51"]), claims_file(["TA11"])):
        status, body = call(f"{base}/claims", {"x12": text})
        assert (status, body["status"]) == (400, "ERROR")
        assert body["errors"][0]["description"]
    assert call(f"{base}/claims", {"y": 1})[0] == 400
    assert call(f"{base}/claims", {"x12": "x"}, Authorization="")[0] == 401
    assert call(f"{base}/claims", {"x12": "x"}, Origin="http://evil.example")[0] == 403
    assert call(f"{base}/nowhere", {"x12": "x"})[0] == 404
    assert call(f"{base}/transactions/ch-9/output")[0] == 404
    assert server.desk.filed == []
    status, body = call(f"{base}/eligibility", {"x12": question("INACT1")})
    assert (status, "EB*6**30" in body["x12"]) == (200, True)
    assert call(f"{base}/eligibility", {"x12": "no"})[0] == 400


def test_http_takes_nothing_from_a_program_that_died_while_it_sent(
    server: ClearinghouseServer,
) -> None:
    address, port = server.base_url.removeprefix("http://").split(":")
    body = json.dumps({"x12": claims_file(["W1"])})
    head = (
        f"POST /claims HTTP/1.1\r\nHost: {address}\r\nAuthorization: key\r\n"
        f"Idempotency-Key: k\r\nContent-Length: {len(body) + 1}\r\n\r\n"
    )
    with socket.create_connection((address, int(port)), timeout=60) as dying:
        dying.sendall((head + body).encode())
        dying.shutdown(socket.SHUT_WR)
        assert dying.recv(1) == b""
    assert server.desk.filed == []
