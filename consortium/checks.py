"""What `manage.py check` finds before anybody notices: keys that are none, keys that do not open what is stored."""

from django.core.checks import Error, Tags, register

from consortium.sealed import fault_of_the_keys


@register(Tags.security)
def data_keys_are_keys(app_configs, **kwargs):
    """DATA_KEYS can be used at all; looks at no database."""
    fault = fault_of_the_keys(stored=False)
    return [Error(fault, id="consortium.E001")] if fault else []


@register(Tags.database)
def data_keys_open_what_is_stored(app_configs, databases=None, **kwargs):
    """With `check --database default`, and before each `migrate`."""
    fault = fault_of_the_keys() if databases else ""
    return [Error(fault, id="consortium.E002")] if fault else []
