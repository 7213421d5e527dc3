from django.core.management.base import BaseCommand, CommandError

from consortium import second_factor
from consortium.sealed import fault_of_the_keys, reseal


class Command(BaseCommand):
    help = "Encrypt stored personal numbers and secrets of second factors anew with the first of DATA_KEYS; may run while the portal serves, and twice."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="only count, change nothing")
        parser.add_argument(
            "--erase-lost",
            action="store_true",
            help="erase the numbers whose key is lost for good; cannot be undone",
        )

    def handle(self, *args, check, erase_lost, **options):
        fault = fault_of_the_keys(stored=False)
        if fault:
            raise CommandError(fault)
        found = reseal(change=not check, erase_lost=erase_lost and not check)
        for outcome, number in second_factor.reseal(change=not check).items():
            if not (outcome == "unreadable" and erase_lost):  # a lost factor is reset by two administrators
                found[outcome] += number
        done = "still under an older key" if check else "encrypted anew"
        self.stdout.write(f"{found['current']} under the first key already, {found['older']} {done}.")
        if erase_lost and not check:
            self.stdout.write(f"{found['unreadable']} that no key opens were erased.")
        elif found["unreadable"]:
            raise CommandError(
                f"{found['unreadable']} are under none of DATA_KEYS and were left as they are. Put their key back."
            )
