"""How things are drawn: from one generator for each kind of thing, so that more of one moves nothing of another."""

from random import Random


class Draw:
    """A generator for one kind of thing in the world of one seed."""

    def __init__(self, seed, kind):
        self.random = Random(f"large world:{seed}:{kind}")

    def one(self, weights):
        """One key of {value: weight}."""
        return self.random.choices(list(weights), weights.values())[0]

    def of(self, values):
        """One of a sequence."""
        return values[self.random.randrange(len(values))]

    def some(self, values, least, most):
        """A few different ones of a sequence."""
        return self.random.sample(values, self.random.randint(least, most))

    def chance(self, share):
        """Yes in this share of cases."""
        return self.random.random() < share

    def code(self, used):
        """A code as rounds give them, other than those in `used`, which it joins."""
        while (code := f"{self.random.getrandbits(48):012x}") in used:
            pass
        used.add(code)
        return code

    def up_to(self, count, skew):
        """A number below `count`; the first ones are drawn more often the larger `skew` is over 1."""
        return int(count * self.random.random() ** skew)
