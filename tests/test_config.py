import pytest

import config


@pytest.mark.parametrize(
    "key",
    [
        "secret",
        "changeme" * 8,
        "a" * 64,
        "development",
        "testing",
        "short-but-random-x7Qk29",
        "abcabcabc" * 5,
    ],
)
def test_production_refuses_a_weak_secret(tmp_path, key):
    with pytest.raises(config.ConfigurationError, match="too weak"):
        config.Production({"ZHANGCHENG_DATA": str(tmp_path), "SECRET_KEY": key})


def test_production_without_secret_says_how_to_get_one(tmp_path):
    with pytest.raises(config.ConfigurationError, match=r"start with `manage.py run`"):
        config.Production({"ZHANGCHENG_DATA": str(tmp_path)})


def test_unreadable_secret_is_explained(tmp_path):
    (tmp_path / "keys" / "secret_key").mkdir(parents=True)
    with pytest.raises(config.ConfigurationError, match="cannot be read"):
        config.Production({"ZHANGCHENG_DATA": str(tmp_path)})


def test_environment_chooses_the_configuration(tmp_path):
    key = {"SECRET_KEY": "Zq83kd-Ppw02kSl_v7TnmXcR5yhB1uGe", "ZHANGCHENG_DATA": str(tmp_path)}
    assert type(config.load(key)) is config.Production
    assert type(config.load({"ZHANGCHENG_ENV": "testing"})) is config.Testing
    assert type(config.load({"ZHANGCHENG_ENV": "development"})) is config.Development
    with pytest.raises(config.ConfigurationError, match="known are development, testing, production"):
        config.load({"ZHANGCHENG_ENV": "staging"})


@pytest.mark.parametrize("given", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_addresses_are_understood(given, tmp_path):
    assert config.database_url({"DATABASE_URL": given}, tmp_path) == "postgresql+psycopg://u@h/d"


def test_database_lies_in_the_data_folder_unless_told_otherwise(tmp_path):
    assert config.database_url({}, tmp_path) == f"sqlite:///{tmp_path.as_posix()}/database.sqlite3"
    with pytest.raises(config.ConfigurationError, match="must begin with postgresql"):
        config.database_url({"DATABASE_URL": "mysql://h/d"}, tmp_path)


def test_cookies_follow_the_scheme():
    assert config.Testing({}).SESSION_COOKIE_SECURE is False
    secured = config.Testing({"ZHANGCHENG_SCHEME": "https"})
    assert secured.SESSION_COOKIE_SECURE is True
    assert secured.PREFERRED_URL_SCHEME == "https"


def test_hosts_and_proxies_are_read():
    settings = config.Testing({"ZHANGCHENG_HOSTS": "portal, portal.company.cn,", "ZHANGCHENG_PROXIES": "1"})
    assert settings.TRUSTED_HOSTS == ["portal", "portal.company.cn"]
    assert settings.PROXIES == 1
    assert config.Testing({}).TRUSTED_HOSTS is None
    with pytest.raises(config.ConfigurationError, match="ZHANGCHENG_PROXIES must be a number"):
        config.Testing({"ZHANGCHENG_PROXIES": "many"})
