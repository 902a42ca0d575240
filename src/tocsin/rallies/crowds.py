"""How many helpers a rally needs, by how many people are expected: the one place where the rule stands."""

from collections.abc import Mapping

from tocsin.rallies.states import Duty

# One for so many people, from so many people on: what event safety guides and stewards' unions give as the
# least for a calm, standing crowd (one steward for 50 to 100, first aid from a few hundred). A host may ask for more.
_ONE_FOR = {
    Duty.MARSHAL: (50, 20),
    Duty.FIRST_AID: (250, 100),
    Duty.LEGAL_OBSERVER: (500, 200),
}


def duties_for(crowd: int) -> Mapping[str, int]:
    """Return how many of each duty a crowd of this size needs; none for a handful of people.

    Interpreters are not counted by heads: a host knows who comes.
    """
    return {duty.value: -(-crowd // one_for) for duty, (one_for, at_least) in _ONE_FOR.items() if crowd >= at_least}
