"""Which address leads to which door: only the doors we use, under the names the library expects."""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.accounts.views import factors, members, officials, own, paper, proof, wechat
from hongyan.web.console.views import entry

urlpatterns: list[URLPattern | URLResolver] = [
    path("sign-in/", entry.sign_in, name="account_login"),
    path("sign-in/password/", officials.password_sign_in, name="password_sign_in"),
    path("sign-in/second/", officials.second_factor, name="mfa_authenticate"),
    path("sign-in/code/ask/", members.ask_code, name="ask_code"),
    path("sign-in/code/", members.enter_code, name="enter_code"),
    path("sign-in/which/", members.say_which, name="say_which"),
    path("sign-in/paper/", members.enter_paper, name="enter_paper"),
    path("sign-in/wechat/", wechat.wechat_sign_in, name="wechat_sign_in"),
    path("sign-in/wechat/back/", wechat.wechat_back, name="wechat_back"),
    path("sign-out/", entry.sign_out, name="account_logout"),
    path("invited/<str:token>/", officials.invited, name="invited"),
    path("prove/", proof.prove_again, name="account_reauthenticate"),
    path("account/", own.account, name="account"),
    path("account/sign-out-elsewhere/", own.sign_out_elsewhere, name="sign_out_elsewhere"),
    path("account/password/", own.change_password, name="account_change_password"),
    path("account/factors/", factors.factors, name="mfa_index"),
    path("account/factors/totp/", factors.activate_totp, name="mfa_activate_totp"),
    path("account/factors/passkey/", factors.add_passkey, name="mfa_add_webauthn"),
    path("account/factors/<int:pk>/remove/", factors.remove_factor, name="remove_factor"),
    path("account/recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path("account/wechat/", wechat.wechat_bind, name="wechat_bind"),
    path("account/wechat/unbind/", wechat.wechat_unbind, name="wechat_unbind"),
    path("window/paper-code/", paper.print_paper_code, name="print_paper_code"),
]
