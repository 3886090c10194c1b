"""Addresses of one's own account, and of the pages that anybody may read."""

from django.urls import include, path

from qsg_portal import account, passkeys, sign_on, statements, tokens

urlpatterns = [
    path("", include("accounts.urls")),
    path("account/", account.AccountPage.as_view(), name="account"),
    path("account/sessions/others/end/", account.EndSession.as_view(), name="end_other_sessions"),
    path("account/sessions/<slug:mark>/end/", account.EndSession.as_view(), name="end_session"),
    path("account/second-factor/", account.SecondFactorPage.as_view(), name="second_factor"),
    # The library leads here by its own name after an app was removed.
    path("account/second-factor/", account.SecondFactorPage.as_view(), name="mfa_index"),
    path("account/second-factor/codes/", account.CodesPage.as_view(), name="mfa_view_recovery_codes"),
    path("account/second-factor/codes/new/", account.MakeCodes.as_view(), name="mfa_generate_recovery_codes"),
    path("account/passkeys/new/", passkeys.AddPasskey.as_view(), name="add_passkey"),
    path("account/passkeys/<slug:mark>/name/", passkeys.RenamePasskey.as_view(), name="rename_passkey"),
    path("account/passkeys/<slug:mark>/remove/", passkeys.RemovePasskey.as_view(), name="remove_passkey"),
    path("sign-in/organisation/", sign_on.SignOnPage.as_view(), name="sign_on"),
    path("sign-in/organisation/back/", sign_on.SignOnBack.as_view(), name="sign_on_back"),
    path("account/sign-on/unlink/", sign_on.UnlinkSignOn.as_view(), name="unlink_sign_on"),
    path("account/tokens/", tokens.TokensPage.as_view(), name="tokens"),
    path("account/tokens/new/", tokens.MakeToken.as_view(), name="make_token"),
    path("account/tokens/<uuid:id>/revoke/", tokens.RevokeToken.as_view(), name="revoke_token"),
    path("account/kept/", account.KeptPage.as_view(), name="kept"),
    path("account/stay/", account.SessionExtend.as_view(), name="session_extend"),
    path("accessibility/", statements.AccessibilityPage.as_view(), name="accessibility"),
    path("privacy/", statements.PrivacyPage.as_view(), name="privacy"),
]
