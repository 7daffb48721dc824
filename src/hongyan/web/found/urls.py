"""Which address leads to which page about people who were found?"""

from django.urls import URLPattern, URLResolver, path

from hongyan.web.found.views import companies, estimate, posters, surveys

urlpatterns: list[URLPattern | URLResolver] = [
    path("found/", surveys.found, name="found"),
    path("found/register/", surveys.register_found, name="register_found"),
    path("found/companies/", companies.companies, name="companies"),
    path("found/companies/add/", companies.add_company, name="add_company"),
    path("found/companies/<int:pk>/poster/", companies.poster, name="poster"),
    path("found/companies/<int:pk>/renew/", companies.renew_poster, name="renew_poster"),
    path("found/companies/<int:pk>/close/", companies.close_company, name="close_company"),
    path("found/companies/<int:pk>/refer/", companies.refer, name="refer"),
    path("found/estimate/", estimate.estimate, name="estimate"),
    path("found/estimate/<int:pk>/", estimate.estimate, name="estimate"),
    path("found/estimate/<int:pk>/people/", estimate.found_people, name="found_people"),
    path("found/referrals/<int:pk>/switch/", companies.switch_referrals, name="switch_referrals"),
    # What hangs on a wall, and what a message carries: short, and open to whoever holds it.
    path("p/<str:token>/", posters.come_forward, name="come_forward"),
    path("r/c/<str:token>/", posters.confirm_referral, name="confirm_referral"),
    path("r/c/<str:token>/decline/", posters.decline_referral, name="decline_referral"),
    path("found/<int:pk>/", surveys.finding, name="finding"),
    path("found/<int:pk>/confirm/", surveys.confirm_found, name="confirm_found"),
    path("found/<int:pk>/deny/", surveys.deny_found, name="deny_found"),
    path("found/<int:pk>/answer/", surveys.answer_found, name="answer_found"),
]
