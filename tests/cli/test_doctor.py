"""What `klarbild doctor` tells an operator."""

from __future__ import annotations

import datetime
import importlib.util
import re
from pathlib import Path

import pytest

from assistant.doctor import examine
from assistant.exports import pdf
from tests.cli.conftest import Run, one_line
from tests.faults.serving import Server


def test_the_doctor_changes_nothing_where_there_is_nothing(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert done.returncode == 0, done.stderr
    assert "none yet" in done.stdout
    assert not data.exists()


def test_the_doctor_warns_when_people_would_be_told_to_call_no_number(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.findall(r"^WARNING: (\w+_phone): .* set \1 in klarbild.toml", done.stdout, re.MULTILINE) == [
        *("office_phone", "children_phone")
    ]
    data.mkdir()
    (data / "klarbild.toml").write_text('office_phone = "08-465 004 10"\nchildren_phone = "växel 08-465 004 11"\n')
    assert "_phone" not in run("doctor", "--data", data).stdout


def test_the_doctor_warns_until_people_have_tried_the_service(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"^WARNING: (accessibility_checked): nobody .* set \1 in klarbild.toml", done.stdout, re.MULTILINE)
    data.mkdir()
    (data / "klarbild.toml").write_text("accessibility_checked = 2026-03-05\n")
    assert "accessibility_checked" not in run("doctor", "--data", data).stdout


def test_the_doctor_warns_while_a_password_alone_opens_the_desk(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r'^WARNING: second_step: .* set second_step = "required"', done.stdout, re.MULTILINE)
    assert "sign-in: passwords, second step optional; no OpenID Connect\n" in done.stdout
    assert "second_step:" not in run("doctor", "--data", data, KLARBILD_SECOND_STEP="required").stdout


def test_the_doctor_tells_of_the_provider_and_never_of_its_secret(run: Run, data: Path) -> None:
    data.mkdir()
    text = (
        'openid_issuer = "https://idp.example.org"\nopenid_client_id = "klarbild"\nopenid_client_secret = "hush-hush"\n'
    )
    (data / "klarbild.toml").write_text(text)
    (data / "klarbild.toml").chmod(0o640)
    done = run("doctor", "--data", data)
    assert "sign-in: OpenID Connect at https://idp.example.org, with a secret, roles from the office" in done.stdout
    assert re.search(r"^WARNING: openid_client_secret: .* chmod 600", done.stdout, re.MULTILINE)
    assert "second_step:" not in done.stdout
    assert "hush" not in done.stdout + done.stderr
    (data / "klarbild.toml").chmod(0o600)
    assert "openid_client_secret:" not in run("doctor", "--data", data).stdout


def test_the_doctor_warns_as_long_as_letters_reach_nobody(run: Run, data: Path) -> None:
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    assert "letters: e-mail to files; text messages to files\n" in done.stdout
    warned = re.findall(r"^WARNING: (\w+_transport): .* reaches nobody; set \1 = ", done.stdout, re.MULTILINE)
    assert warned == ["mail_transport", "sms_transport"]


def test_the_doctor_tells_how_letters_are_sent_and_no_secret(run: Run, data: Path) -> None:
    data.mkdir()
    (data / "klarbild.toml").write_text(
        'mail_transport = "smtp"\nmail_from = "a@example.org"\nsmtp_host = "smtp.example.org"\nsmtp_user = "k"\n'
        'smtp_password = "hush"\nsms_transport = "http"\nsms_url = "https://sms.example.org/?key=hush"\n'
        'sms_token = "hush"\n'
    )
    (data / "klarbild.toml").chmod(0o640)
    done = run("doctor", "--data", data)
    assert (done.returncode, done.stderr) == (0, "")
    mail = "e-mail from a@example.org by smtp.example.org, port 587, starttls, with a password"
    assert f"letters: {mail}; text messages by sms.example.org, with a token\n" in done.stdout
    assert re.findall(r"^WARNING: (\w+): .* chmod 600", done.stdout, re.MULTILINE) == ["smtp_password", "sms_token"]
    assert "_transport:" not in done.stdout
    assert "hush" not in done.stdout + done.stderr
    kept = run("doctor", "--data", data, KLARBILD_SMTP_PASSWORD="hush", KLARBILD_SMS_TOKEN="hush")
    assert "chmod" not in kept.stdout


def test_what_keeps_letters_from_being_sent_stops_the_start_in_one_line(run: Run, data: Path) -> None:
    for variables, told in (
        ({"KLARBILD_MAIL_TRANSPORT": "smtp"}, "smtp_host: is missing"),
        (
            {
                "KLARBILD_MAIL_TRANSPORT": "smtp",
                "KLARBILD_SMTP_HOST": "smtp.example.org",
                "KLARBILD_MAIL_FROM": "a@example.org",
                "KLARBILD_SMTP_CA": str(data / "none.pem"),
            },
            "none.pem cannot be read",
        ),
    ):
        assert told in one_line(run("serve", "--data", data, "--port", "0", **variables))
        assert not data.exists()
        done = run("doctor", "--data", data, **variables)
        assert done.returncode == 1
        assert told in done.stderr


def test_the_doctor_misses_the_part_that_sends_e_mail(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    settings = {"MAIL_TRANSPORT": "smtp", "SMTP_HOST": "localhost", "MAIL_FROM": "a@example.org"}
    for key, value in settings.items():
        monkeypatch.setenv(f"KLARBILD_{key}", value)
    (told,) = examine(data).problems
    assert re.fullmatch(r"mail_transport: the part mail is missing; get it: .* -m pip install 'klarbild\[mail\]'", told)


def test_the_doctor_warns_of_recordings_that_nobody_will_hear(run: Run, data: Path) -> None:
    (data / "audio" / "sv").mkdir(parents=True)
    (data / "audio" / "sv" / "question one.mp3").write_bytes(b"x")
    done = run("doctor", "--data", data)
    assert done.returncode == 0
    assert "question one.mp3' is not named like a text" in done.stdout


def test_the_doctor_tells_what_pdfs_lack_and_the_packages_that_have_it(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not pdf.is_there() or not any("PDF" in one for one in examine(data).warnings)
    monkeypatch.setattr(pdf, "is_there", lambda: False)
    (line,) = (one for one in examine(data).warnings if "PDF" in one)
    for package in ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-noto-core"):
        assert package in line


def test_the_doctor_looks_at_a_directory_that_is_served(run: Run, server: Server) -> None:
    done = run("doctor", "--data", server.data)
    assert done.returncode == 0, done.stderr
    assert re.search(r"schema \d+, ok; 0 cases", done.stdout)


def told_on(day: str, data: Path) -> list[str]:
    """What the doctor warns of on a day about the rules of the law."""
    health = examine(data, datetime.date.fromisoformat(day))
    assert health.problems == []
    return [line.removeprefix("entitlements.yaml: ") for line in health.warnings if line.startswith("entitlements")]


def test_the_doctor_warns_of_rules_that_end_soon_and_of_those_that_nobody_sees(data: Path) -> None:
    assert told_on("2026-10-01", data) == []
    (soon,) = told_on("2026-11-20", data)
    assert soon.startswith("end within two months: ")
    assert soon.endswith("; read the law that comes after, and run klarbild check")
    (over,) = told_on("2027-01-01", data)
    assert over.startswith("out of date, not shown: ")
    assert over.split("; ")[0].partition("shown: ")[2] == soon.split("; ")[0].partition("months: ")[2]
    assert "housing_allowance_family" in over
    assert "budget_advice" not in over
    over_still, unchecked = told_on("2027-11-21", data)
    assert over_still == over
    assert unchecked.startswith("not checked for twelve months, not shown: ")
    assert "budget_advice" in unchecked
    assert "sick_none" in unchecked


def test_the_doctor_counts_the_rules_that_are_shown(run: Run, data: Path) -> None:
    lines = examine(data, datetime.date(2026, 11, 20)).lines
    (told,) = (line for line in lines if line.startswith("rules of entitlements.yaml: "))
    shown, every = (int(number) for number in re.findall(r"\d+", told))
    assert shown == every > 40
    assert re.search(
        r"^rules of entitlements.yaml: \d+ of \d+ are shown$", run("doctor", "--data", data).stdout, re.MULTILINE
    )


@pytest.mark.parametrize("harm", ["no key", "open key", "broken database", "wrong setting"])
def test_the_doctor_tells_what_would_lose_data(run: Run, data: Path, harm: str) -> None:
    run("token", "create", "--role", "lead", "--name", "x", "--data", data)
    match harm:
        case "no key":
            (data / "klarbild.key").unlink()
        case "open key":
            (data / "klarbild.key").chmod(0o644)
        case "broken database":
            (data / "klarbild.db").write_bytes(b"not a database, but long enough to be looked at" * 100)
        case "wrong setting":
            (data / "klarbild.toml").write_text("draft_days = 0\n")
    done = run("doctor", "--data", data)
    assert done.returncode == 1
    assert done.stderr.startswith("PROBLEM: ")
    assert "Traceback" not in done.stderr


def test_the_doctor_tells_of_the_translation_server_and_asks_it_nothing(data: Path, tmp_path: Path) -> None:
    key = tmp_path / "translation.key"
    data.mkdir(mode=0o700)
    (data / "klarbild.toml").write_text(f'translation_url = "http://127.0.0.1:9"\ntranslation_key_file = "{key}"\n')
    missing = examine(data)
    assert "machine translation: by 127.0.0.1, with a key" in missing.lines and missing.problems == []
    assert any(f"{key} cannot be read, so nothing is translated" in one for one in missing.warnings)
    key.write_text("hush")
    key.chmod(0o644)
    (told,) = (one for one in examine(data).warnings if "translation" in one)
    assert told == f"translation_key_file: other users of this machine can read {key}; run: chmod 600 {key}"
    key.chmod(0o600)
    found = examine(data)
    assert not any("translation" in one for one in found.warnings)
    assert "hush" not in "".join((*found.lines, *found.warnings))
