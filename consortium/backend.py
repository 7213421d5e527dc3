"""Who a session belongs to, with what nearly every page of that person asks for next."""

from allauth.account.auth_backends import AuthenticationBackend

from consortium.models import User


class Backend(AuthenticationBackend):
    """Signs in as allauth does; reads the student's profile in the same question as the person."""

    def get_user(self, user_id):
        """The person with that key if the account may sign in, else None."""
        user = User.objects.select_related("student").filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
