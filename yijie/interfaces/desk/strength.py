"""How good a password is, told while it is typed: the very rules that decide when it is sent, in words."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.contrib.auth.password_validation import MinimumLengthValidator, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST

from .language import say

LONG = 16
"""From here on a password is called good without more ado."""
LENGTH_MAX = 200


class LongEnough(MinimumLengthValidator):
    """At least so many characters; Django's own sentence for one that is too short has no Chinese translation."""

    def get_error_message(self) -> str:
        """What is wrong, in the language of the request."""
        return say(
            f"密码太短，至少 {self.min_length} 个字符。",
            f"This password is too short: at least {self.min_length} characters.",
        )


@login_required
@require_POST
def password_strength(request: HttpRequest) -> JsonResponse:
    """A score of 0 to 4 and what is wrong with it. Nothing of the password is kept or logged."""
    password = request.POST.get("password", "")[:LENGTH_MAX]
    if not password:
        return JsonResponse({"score": 0, "text": ""})
    try:
        validate_password(password, request.user)
    except ValidationError as refused:
        return JsonResponse({"score": 1, "text": " ".join(refused.messages)})
    if len(password) < LONG:
        return JsonResponse({"score": 3, "text": say("可以使用", "Fit for use")})
    return JsonResponse({"score": 4, "text": say("很好", "Good")})
