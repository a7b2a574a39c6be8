"""What is handed to the municipality's operators: units that lock the program in, a proxy that tells nothing, settings
that load, a container without rights."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from assistant.settings import load

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
UNITS = ("klarbild.service", "klarbild-backup.service")

LOCKED_IN = {
    "NoNewPrivileges": ["yes"],
    "ProtectSystem": ["strict"],
    "ProtectHome": ["yes"],
    "PrivateTmp": ["yes"],
    "PrivateDevices": ["yes"],
    "PrivateUsers": ["yes"],
    "ProtectProc": ["invisible"],
    "ProtectKernelTunables": ["yes"],
    "ProtectKernelModules": ["yes"],
    "ProtectControlGroups": ["yes"],
    "CapabilityBoundingSet": [""],
    "AmbientCapabilities": [""],
    "RestrictNamespaces": ["yes"],
    "RestrictSUIDSGID": ["yes"],
    "LockPersonality": ["yes"],
    "MemoryDenyWriteExecute": ["yes"],
    "SystemCallArchitectures": ["native"],
    "SystemCallFilter": ["@system-service", "~@privileged @resources"],
    "IPAddressDeny": ["any"],
    "LimitCORE": ["0"],
    "MemorySwapMax": ["0"],
    "UMask": ["0077"],
    "StateDirectoryMode": ["0700"],
    "User": ["klarbild"],
    "LoadCredential": ["klarbild.key:/etc/klarbild/klarbild.key"],
}


def service(name: str) -> dict[str, list[str]]:
    """The directives of a unit's service, each with all its values in order."""
    part = (DEPLOY / name).read_text("utf-8").partition("[Service]")[2].partition("\n[")[0]
    found: dict[str, list[str]] = {}
    for line in part.splitlines():
        if line and not line.startswith("#"):
            key, _, value = line.partition("=")
            found.setdefault(key, []).append(value)
    return found


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_locks_the_program_in(unit: str) -> None:
    found = service(unit)
    assert {key: found.get(key) for key in LOCKED_IN} == LOCKED_IN


def test_the_server_listens_for_the_proxy_alone_and_has_time_to_end() -> None:
    found = service("klarbild.service")
    (start,) = found["ExecStart"]
    assert "--host 127.0.0.1 " in start
    assert found["Restart"] == ["on-failure"]
    assert int(found["TimeoutStopSec"][0]) >= 15
    assert found["IPAddressAllow"] == ["localhost"]
    assert set(found["RestrictAddressFamilies"][0].split()) == {"AF_UNIX", "AF_INET", "AF_INET6"}


def test_backups_of_keys_are_kept_for_seven_days_and_those_of_data_for_thirty_five() -> None:
    keys, data = service("klarbild-backup.service")["ExecStartPost"]
    assert "-name *.backup.keys " in keys and "-mtime +6 -delete" in keys
    assert "-name *.backup " in data and "-mtime +34 -delete" in data


def test_old_backups_are_thrown_away_and_young_ones_stay(tmp_path: Path) -> None:
    day = 24 * 60 * 60
    ages = {"a.backup.keys": 8, "b.backup.keys": 6, "a.backup": 8, "c.backup": 36, "d.backup": 34, "notes.txt": 99}
    for name, days in ages.items():
        file = tmp_path / name
        file.touch()
        subprocess.run(["touch", "-d", f"@{int(file.stat().st_mtime) - days * day}", file], check=True)
    for command in service("klarbild-backup.service")["ExecStartPost"]:
        subprocess.run(command.replace("/var/backups/klarbild", str(tmp_path)).split(), check=True)
    assert {file.name for file in tmp_path.iterdir()} == {"b.backup.keys", "a.backup", "d.backup", "notes.txt"}


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_finds_little_that_is_open(unit: str) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", str(DEPLOY / unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", done.stdout)
    if level is None:
        pytest.skip("this systemd-analyze cannot look at a file by itself")
    assert float(level[1]) <= 2.0, done.stdout


def proxy() -> str:
    """The example for nginx without its comments."""
    return re.sub(r"^\s*#.*\n", "", (DEPLOY / "nginx.conf").read_text("utf-8"), flags=re.MULTILINE)


def test_the_proxy_hands_on_where_somebody_comes_from_and_nothing_that_they_claim() -> None:
    set_by_us = dict(re.findall(r"proxy_set_header (\S+) (\S+);", proxy()))
    assert set_by_us["X-Forwarded-For"] == "$remote_addr"
    assert set_by_us["Forwarded"] == set_by_us["X-Real-IP"] == '""'
    assert "$proxy_add_x_forwarded_for" not in proxy()


def test_the_proxy_writes_no_path_address_or_word_of_a_request() -> None:
    (shape,) = re.findall(r"log_format klarbild '([^']+)';", proxy())
    names = {"time_iso8601", "request_method", "status", "bytes_sent", "request_time"}
    assert set(re.findall(r"\$(\w+)", shape)) == names
    assert re.findall(r"access_log (\S+)(?: (\w+))?;", proxy()) == [
        ("off", ""),
        ("/var/log/nginx/klarbild.log", "klarbild"),
    ]
    assert re.findall(r"error_log \S+ (\w+);", proxy()) == ["crit"]
    assert "proxy_max_temp_file_size 0;" in proxy()
    assert re.findall(r"client_(?:max_body|body_buffer)_size (\w+);", proxy()) == ["64k", "64k"]


def test_the_proxy_speaks_new_tls_only_and_waits_for_nobody() -> None:
    assert re.findall("ssl_protocols (.+);", proxy()) == ["TLSv1.2 TLSv1.3"]
    assert "return 301 https://$server_name$request_uri;" in proxy()
    for name in ("client_header_timeout", "client_body_timeout"):
        assert re.findall(rf"{name} (\d+)s;", proxy()) == ["10"]
    assert "location ~ ^/(metrics|readyz)$ {" in proxy()


def test_nginx_understands_the_example(tmp_path: Path) -> None:
    if not Path(NGINX).exists():
        pytest.skip("nginx is not installed")
    key, certificate = tmp_path / "key.pem", tmp_path / "chain.pem"
    subject = ["-subj", "/CN=intake.example.org", "-nodes", "-days", "2"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", *subject, "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    text = (DEPLOY / "nginx.conf").read_text("utf-8").replace("/etc/ssl/klarbild", str(tmp_path))
    text = text.replace("/var/log/nginx", str(tmp_path))
    places = "".join(f"{name}_temp_path {tmp_path};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole = f"pid {tmp_path}/nginx.pid;\nerror_log stderr;\nevents {{}}\nhttp {{\n{places}{text}\n}}\n"
    (tmp_path / "nginx.conf").write_text(whole)
    command = [NGINX, "-t", "-c", str(tmp_path / "nginx.conf"), "-e", "stderr"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "[warn]" not in done.stderr.replace('the "listen ... http2" directive is deprecated', "")


def test_the_example_of_settings_is_understood() -> None:
    settings = load(DEPLOY, {})
    assert settings.behind_tls_proxy and settings.second_step == "required" and settings.security_contact
    assert settings.without_number() == ()


def test_the_container_has_no_rights_no_tools_and_only_files_whose_hash_is_known() -> None:
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    _, build, final = re.split(r"^FROM ", text, flags=re.MULTILINE)
    assert "--require-hashes --only-binary :all:" in build
    (user,) = re.findall(r"^USER (\d+):\d+$", final, re.MULTILINE)
    assert int(user) > 1000
    assert "pip" not in final and "COPY . " not in text
    assert re.findall(r"^ARG BASE=(\S+)$", text, re.MULTILINE) == ["python:3.13-slim-bookworm"]
    assert "://" not in text.replace("http://127.0.0.1:8080", "")
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((DEPLOY.parents[1] / one).exists() for one in copied.split())
