"""The second step in a browser: an app without any script, a passkey by Chromium's virtual device."""

import re
import time

import pytest
from allauth.mfa.totp.internal import auth as totp

PASSWORD = "demo-consortium-2026"


def by_name(demo):
    """The demo at localhost: no browser makes passkeys for a number."""
    return f"http://localhost:{demo.port}"


def sign_in(page, username):
    page.goto("/accounts/login/")
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()


def fits(page):
    """Whether nothing has to be scrolled sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def code_of(key, steps=0):
    # The library reads the clock and the settings; a page reads the same.
    value = totp.hotp_value(key, int(time.time()) // 30 + steps)
    return totp.format_hotp_value(value)


def own_factors(page):
    page.goto("/me/")
    page.get_by_role("link", name=re.compile("两步验证")).click()


@pytest.mark.parametrize("size", ["phone", "desk"])
def test_an_app_works_without_scripts(open_page, accessibility_faults, size):
    page = open_page(size, java_script_enabled=False)
    sign_in(page, "privacy")
    own_factors(page)
    page.get_by_role("link", name="设置验证器应用").click()
    assert page.locator(".qr img").evaluate("image => image.complete && image.naturalWidth > 100")
    page.locator("summary", has_text="不能扫码").click()
    key = "".join(page.locator(".key-typed").inner_text().split())
    page.get_by_label("验证码").fill(code_of(key))
    page.get_by_role("button", name="完成设置").click()
    codes = page.locator(".recovery-codes li").all_inner_texts()
    assert len(codes) == 10 and fits(page)
    with page.expect_download() as file:
        page.get_by_role("button", name="下载恢复码文件").click()
    assert codes[0] in file.value.path().read_text(encoding="utf-8")
    page.get_by_role("button", name="我已保存，继续").click()
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="退出").click()
    sign_in(page, "privacy")
    assert page.url.endswith("/accounts/2fa/authenticate/") and fits(page)
    page.get_by_label("验证码").fill(codes[0])
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/dashboard/")
    own_factors(page)
    assert "共10个，还剩9个" in page.content()
    page.get_by_role("link", name="移除验证器应用").click()
    page.get_by_role("button", name="移除验证器应用").click()
    assert page.get_by_role("link", name="设置验证器应用").is_visible()


def test_a_passkey_is_added_shown_at_sign_in_and_removed(open_page, demo, accessibility_faults):
    page = open_page("phone", base_url=by_name(demo))
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    sign_in(page, "auditor")
    own_factors(page)
    assert accessibility_faults(page) == []
    page.get_by_role("link", name="添加通行密钥").click()
    page.get_by_label("名称").fill("示例手机")
    assert accessibility_faults(page) == [] and fits(page)
    page.get_by_role("button", name="添加这把通行密钥").click()
    page.get_by_role("button", name="我已保存，继续").click()
    assert "示例手机" in page.content() and fits(page)
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="退出").click()
    sign_in(page, "auditor")
    assert page.url.endswith("/accounts/2fa/authenticate/")
    assert accessibility_faults(page) == [] and fits(page)
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url("**/dashboard/")
    own_factors(page)
    page.get_by_role("link", name="重命名").click()
    page.get_by_label("名称").fill("示例新手机")
    page.get_by_role("button", name="保存名称").click()
    page.get_by_role("link", name="移除").first.click()
    assert "示例新手机" in page.content()
    page.get_by_role("button", name="移除通行密钥").click()
    assert page.get_by_role("link", name="设置验证器应用").is_visible()


def test_a_device_that_has_no_passkey_is_said_in_words(open_page, demo):
    page = open_page("desk", base_url=by_name(demo))
    sign_in(page, "director2")
    page.goto("/accounts/2fa/passkeys/new/")
    page.evaluate(
        "() => { navigator.credentials.create = async () => { throw new DOMException('', 'NotAllowedError') } }"
    )
    page.get_by_role("button", name="添加这把通行密钥").click()
    assert "没有任何改动" in page.locator("[data-passkey-note]").inner_text()
    assert page.get_by_role("button", name="添加这把通行密钥").is_enabled()
