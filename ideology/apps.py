from django.apps import AppConfig


class IdeologyConfig(AppConfig):
    name = "ideology"
