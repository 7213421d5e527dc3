"""`python -m bench._inside module.function '{"name": value}'`: call it in the portal, print the answer as JSON."""

import json
import sys
from importlib import import_module

import django

django.setup()
module, _, function = sys.argv[1].partition(".")
values = json.loads(sys.argv[2]) if len(sys.argv) > 2 else {}
print(json.dumps(getattr(import_module(f"bench._inside.{module}"), function)(**values)))
