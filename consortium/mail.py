"""Where mail goes when there is no mail server: a table, read at /demo/mailbox/ and by tests."""

from django.core.mail.backends.base import BaseEmailBackend

from consortium import clock


def mailbox(recipient=""):
    """The mails that were kept, newest first; all, or those to one address."""
    from consortium.models import SentMail

    rows = SentMail.objects.all()
    return rows.filter(recipient__iexact=recipient) if recipient else rows


class MailboxBackend(BaseEmailBackend):
    """Keeps each message as a row, one per recipient."""

    def send_messages(self, email_messages):
        from consortium.models import SentMail

        rows = [
            SentMail(
                recipient=recipient, subject=message.subject[:200], body=message.body, sent_at=clock.now()
            )
            for message in email_messages
            for recipient in message.recipients()
        ]
        SentMail.objects.bulk_create(rows)
        return len(email_messages)
