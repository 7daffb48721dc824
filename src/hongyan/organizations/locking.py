"""How do two who change the people or the place of one organisation wait for each other?"""

from hongyan.organizations.models import Organization


def lock(*numbers: int) -> None:
    """Let whoever else names, hands over or reorganises there wait until the transaction ends."""
    # In one order for everybody: two who lock the same organisations never wait for each other in a ring.
    rows = Organization.objects.filter(pk__in=numbers).order_by("pk").select_for_update(no_key=True)
    list(rows.values_list("pk"))
