"""Addresses of the second factor: allauth's names, so that its own redirects lead to our pages."""

from allauth.mfa.base.views import reauthenticate
from django.urls import path

from consortium.views import second_factor

urlpatterns = [
    path("", second_factor.factors, name="mfa_index"),
    path("authenticate/", second_factor.SecondStep.as_view(), name="mfa_authenticate"),
    path("reauthenticate/", reauthenticate, name="mfa_reauthenticate"),
    path("app/", second_factor.SetUpApp.as_view(), name="mfa_activate_totp"),
    path("app/remove/", second_factor.RemoveApp.as_view(), name="mfa_deactivate_totp"),
    path("passkeys/", second_factor.factors, name="mfa_list_webauthn"),
    path("passkeys/new/", second_factor.AddPasskey.as_view(), name="mfa_add_webauthn"),
    path("passkeys/show/", second_factor.ProvePasskey.as_view(), name="mfa_reauthenticate_webauthn"),
    path("passkeys/<int:pk>/name/", second_factor.RenamePasskey.as_view(), name="mfa_edit_webauthn"),
    path("passkeys/<int:pk>/remove/", second_factor.RemovePasskey.as_view(), name="mfa_remove_webauthn"),
    path("recovery-codes/", second_factor.recovery_codes, name="mfa_view_recovery_codes"),
    path("recovery-codes/file/", second_factor.recovery_codes_file, name="mfa_download_recovery_codes"),
    path(
        "recovery-codes/new/", second_factor.MakeRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"
    ),
]
