"""Settings: defaults that start anywhere, each replaced by an environment variable named REGISTRY_…"""

import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation; times in seconds, sizes in bytes unless the name says otherwise."""

    data: Path = ROOT / "var"
    database: str = ""
    secret_key: str = ""
    base_url: str = "http://127.0.0.1:8000"
    secure_cookies: bool = False
    trusted_proxies: int = 0
    smtp: str = ""
    mail_from: str = "portal@localhost"
    argon2_time_cost: int = 2
    argon2_memory_kib: int = 19456
    argon2_parallelism: int = 1
    lockout_failures: int = 5
    lockout_seconds: int = 900
    idle_seconds: int = 1800
    session_seconds: int = 43200
    busy_seconds: float = 5
    upload_bytes: int = 50 * 1024 * 1024
    testing: bool = False

    @property
    def database_url(self) -> str:
        """The database: the one that was set, else a SQLite file among the data."""
        return self.database or f"sqlite:///{self.data / 'registry.sqlite'}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Config:
    """Return the settings; a variable of the wrong form raises ValueError with its name."""
    found: dict[str, Any] = {}
    for field in fields(Config):
        name = f"REGISTRY_{field.name.upper()}"
        if name in environment:
            found[field.name] = _parse(name, field.type, environment[name])
    return Config(**found)


def with_secret(config: Config) -> Config:
    """Return the settings with a secret key: their own, else one that is made once and kept beside the data."""
    return config if config.secret_key else replace(config, secret_key=_kept_secret(config.data))


def as_environment(config: Config) -> dict[str, str]:
    """Return the variables from which another process reads the same settings."""
    return {f"REGISTRY_{field.name.upper()}": _written(getattr(config, field.name)) for field in fields(Config)}


def _written(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def _parse(name: str, kind: Any, text: str) -> object:
    try:
        if kind is bool:
            return {"1": True, "true": True, "0": False, "false": False}[text.lower()]
        return kind(text)
    except (KeyError, ValueError) as error:
        raise ValueError(f"{name} cannot be {text!r}") from error


def _kept_secret(data: Path) -> str:
    """A secret key made once and kept beside the data, readable by its owner alone."""
    path = data / "secret-key"
    data.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=data)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_hex(32))
        Path(temporary).rename(path)
    return path.read_text()
