# %% [markdown]
# # 34 · Put claims on trial ★
#
# *Which of the sentences that everybody repeats are true?* Fourteen popular claims about training stand trial here. You give
# your verdict first. Then the course's ledger gives the measured one.
#
# **You will do:** guess fourteen verdicts. Make three false claims by honest arithmetic, and undo them. Write the test that
# reads a report, and bring a claim of your own to trial.
#
# **You will learn:** how a claim is read, how a false one comes about, which controls stop it, and which popular sentences survive them.
#
# **You need:** intervals, margins and Holm's correction, from [Compare optimizers fairly](28_compare_optimizers_fairly.ipynb). Each row
# links to the notebook in which it was measured.
#
# **Minutes:** 75

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## The ledger
#
# Throughout the course a sentence that compares was declared before it was run: which side, how many seeds, which difference is too small to matter. All of them
# stand in one file, those that went wrong too. This is the whole of it. Each interval is divided by its own half width, so that rows with different units fit on one axis.

# %% tags=["figure"] mystnb={"image": {"alt": "Every row of the ledger as a horizontal interval, in half widths of its own interval, on a symmetric logarithmic axis; the rows are grouped by verdict. The rows that hold lie right of zero, and many reach beyond ten. The ties scatter around zero, some of them clearly off it. Most undecided rows touch zero. The rows that fail lie on both sides, those on the right being claims of equality."}}
from course_lib.data import load_results
from course_lib.experiments import trial

verdicts = ["holds", "tie", "undecided", "fails"]
rows = sorted(load_results("evidence")["rows"],
              key=lambda r: verdicts.index(r["verdict"]))
fig, ax = plt.subplots(figsize=(9, 6.5))
trial.draw_rows(ax, rows)
where = [[-k for k, r in enumerate(rows) if r["verdict"] == word] for word in verdicts]
ax.set_yticks([np.mean(heights) for heights in where], verdicts)
plt.show()

# %% [markdown]
# *Reading the figure:* many sentences do not hold as they were declared. A **tie** need not lie at zero: there the difference may well be known, but it is smaller than the margin. **Undecided** says
# nothing about the difference, only about our knowledge of it: the interval is too wide, or Holm's correction takes the certainty away.
#
# ## The docket
#
# These fourteen stand trial. Some rows lie in other notebooks, so you may have met them. Statements are printed as they were declared, and some of them say the opposite of what people say.

# %%
trial.show_docket()

# %% [markdown]
# **Predict:** replace the words below by yours. The first line is the reader who believes everything that is declared.

# %%
guess = dict.fromkeys(trial.DOCKET, "holds")
guess["A"] = "holds"  # or: tie, undecided, fails

# %% [markdown]
# ## How a false claim is made
#
# Here is a new optimizer. In truth it is plain SGD under another name, so whatever it seems to gain is an artefact. Its test is a noisy bowl in ten dimensions; the score is the loss after 50 steps. Two popular ways to
# make it win: report the best of $k$ seeds and give the old rule its mean; or tune the new rule and leave the old one at a "default".
#
# Here is the test; `pool` holds 2 000 experiments with 32 seeds each.

# %%
rng = np.random.default_rng(34)

def scores(n, lr=0.1):
    """Return the final losses of n runs of SGD on a noisy bowl."""
    w = rng.normal(size=(n, 10))
    for _ in range(50):
        w = w - lr * (w + rng.normal(size=w.shape))
    return (w * w).sum(axis=-1) / 2

pool = scores(64_000).reshape(2000, 32)
gain = 1 - np.minimum.accumulate(pool, axis=1).mean(axis=0) / pool.mean()
again = np.array([1 - scores(2000).mean() / pool.mean() for _ in gain])
rates = np.geomspace(0.02, 1, 15)
valley = np.array([scores(1000, lr).mean() for lr in rates])

# %% [markdown]
# **Predict:** how much better can the same rule look, with the best of ten seeds?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels. Left, gain over the same rule in per cent against the number of seeds tried, from 1 to 32: the best seed's gain rises from 0 to more than 60 per cent, while on fresh seeds it stays at 0. Right, the mean loss against the learning rate, both axes logarithmic: one valley, on it a dot at the bottom, called new, and a square on the right slope, called old."}}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
axes[0].plot(range(1, 33), 100 * gain, "o-", color="black", label="best seed")
axes[0].plot(range(1, 33), 100 * again, "--", color="0.5", label="fresh seeds")
axes[0].set(xlabel="seeds tried $k$", ylabel="gain, %")
axes[1].loglog(rates, valley, color="0.6")
axes[1].loglog(rates[valley.argmin()], valley.min(), "ko", label="new")
axes[1].loglog(rates[11], valley[11], "ks", label="old")
axes[1].set(xlabel="learning rate", ylabel="loss at the end")
for ax in axes:
    ax.legend()
plt.show()

# %% [markdown]
# *Reading the figure:* no number in it is wrong, and nothing in it is true of a new rule. The controls: fresh seeds bring the first gain back to zero; a rate tuned for both puts the two marks of the second on one spot.

# %%
tuned_gain = 1 - valley.min() / valley[11]
print(f"best of 10 seeds: {gain[9]:.0%} better; fresh seeds: {abs(np.mean(again)):.0%}")
print(f"only the new rule tuned: {tuned_gain:.0%} better; both tuned: 0%")

# %% [markdown]
# A whole paper scanned up to 10 000 seeds on CIFAR-10, to see how far the luckiest lies from the average ([Picard 2021](https://arxiv.org/abs/2109.08203)); its title recommends one of them, 3407. In reinforcement learning
# the averages of two groups of five runs of *one* method looked like two methods ([Henderson and others 2018](https://arxiv.org/abs/1709.06560)).
# And language models that were ahead fell behind an older one once all were tuned alike ([Melis and others 2018](https://arxiv.org/abs/1707.05589)).
#
# The third way is the most innocent: add seeds until the interval leaves zero out, then stop.
#
# ### Exercise 34.1 · Stop when it is significant
#
# `d` holds paired differences in the order in which they are measured. After `least` of them, and after each further one, somebody looks at the 95 % interval of those seen so far. Return how many were seen when it first left out 0, or None if it
# never did. `comparison.t_interval(d)` from `course_lib.experiments` gives mean, low and high.

# %% tags=["exercise"]
from course_lib.experiments import comparison

def stops_at(d, least):
    """Return the first n >= least at which the interval of d[:n] leaves out 0."""
    ### BEGIN SOLUTION
    for n in range(least, len(d) + 1):
        _, low, high = comparison.t_interval(d[:n])
        if low > 0 or high < 0:
            return n
    return None
    ### END SOLUTION

# %%
check.stops_at(stops_at)

# %% [markdown]
# Now 2 000 experiments that compare SGD with itself, up to 60 seeds each. The interval is that of a 5 % error.
#
# **Predict:** which share of these experiments ends in a discovery, if one looks after every seed from the fifth on?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels against the number of seeds. Left, the interval of the mean difference in one experiment: a grey band that narrows; it leaves out zero for some numbers of seeds and holds it again later. Right, the share of false discoveries: looked at once it stays near 5 per cent; looked at after every seed it climbs to more than 20 per cent at 60 seeds."}}
d = (scores(120_000) - scores(120_000)).reshape(2000, 60)
n, mean, reach = trial.running_intervals(d)
found = abs(mean) > reach
ever = np.maximum.accumulate(found, axis=1)
k = np.argmax(ever[:, 20] & ~found[:, -1])
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8))
axes[0].fill_between(n, mean[k] - reach[k], mean[k] + reach[k], color="0.8")
axes[0].plot(n, mean[k], color="black")
axes[0].axhline(0, color="0.4", linestyle=":")
axes[0].set(xlabel="seeds", ylabel="difference of the loss")
axes[1].plot(n, 100 * ever.mean(axis=0), color="black", label="after every seed")
axes[1].plot(n, 100 * found.mean(axis=0), "--", color="0.5", label="once")
axes[1].set(xlabel="seeds", ylabel="false discoveries, %", ylim=(0, None))
axes[1].legend()
plt.show()

# %% [markdown]
# *Reading the figure:* the experiment on the left would have been published if it had stopped early. Looking once is wrong in 5 % of all cases, as promised. Looking every time multiplies that, and patience makes it worse.

# %%
shares = [found[:, -1].mean(), ever[:, -1].mean()]
print(f"60 seeds: looked once {shares[0]:.0%}, after every seed {shares[1]:.0%}")

# %% tags=["guard"]
assert 0.5 < gain[9] < 0.65 and gain[-1] > 0.6 and abs(np.mean(again)) < 0.01
assert tuned_gain > 0.5 and abs(shares[0] - 0.05) < 0.015 and 0.2 < shares[1] < 0.35

# %% [markdown]
# The control is to fix the number beforehand. Which number?
#
# ### Exercise 34.2 · How many seeds?
#
# From a first look, on seeds that will not be used again, you know the standard deviation $s$ of the paired differences. The interval should reach at most `reach` to each side, say the margin. Return the smallest number of seeds. `student.ppf(0.975, n - 1)` is the
# quantile for $n$ of them.

# %% tags=["exercise"]
from scipy.stats import t as student

def seeds_needed(s, reach):
    """Return the smallest n whose 95 % interval reaches at most `reach`."""
    ### BEGIN SOLUTION
    n = 2
    while student.ppf(0.975, n - 1) * s / np.sqrt(n) > reach:
        n += 1
    return n
    ### END SOLUTION

# %%
check.seeds_needed(seeds_needed)

# %% [markdown]
# ## How to read a claim
#
# Six questions, for any sentence of the kind "X beats Y" that you find on the web:
#
# 1. **At which rate?** At one shared rate it is a sentence about that rate.
# 2. **Tuned for whom?** As many trials for both sides, and neither best at the edge of its grid.
# 3. **How many seeds?** With three, Student's interval is so wide that it can say little. This course asks for twelve or more.
# 4. **Fresh?** Seeds and images that took part in tuning flatter the winner.
# 5. **Which margin?** Without one, "no significant difference" cannot mean "the same".
# 6. **What was varied?** Only seeds of one task, one width, one angle? Then it holds there.
#
# ### Exercise 34.3 · Read a claim
#
# A report is a dict: `"rates tried"`, one number for each side; `"best at an edge"`, True or False; `"tuning seeds"` and `"seeds reported"`; `"margin"`, a number or None; `"varied"`, a list of what was. Return the set of objections that apply, of:
# `"tuned unequally"`, `"best at an edge"`, `"too few seeds"` (fewer than 12 reported), `"seeds not fresh"` (a single one is enough), `"no margin"` (None), `"nothing varied"`.

# %% tags=["exercise"]
def objections(report):
    """Return the set of objections to a report."""
    ### BEGIN SOLUTION
    seen = {*report["tuning seeds"]} & {*report["seeds reported"]}
    applies = {"tuned unequally": len({*report["rates tried"]}) > 1,
               "best at an edge": report["best at an edge"],
               "too few seeds": len(report["seeds reported"]) < 12,
               "seeds not fresh": len(seen) > 0,
               "no margin": report["margin"] is None,
               "nothing varied": len(report["varied"]) == 0}
    return {name for name, there in applies.items() if there}
    ### END SOLUTION

# %%
check.objections(objections)

# %% [markdown]
# ## On trial: rates
#
# **A. "Adam needs no tuning."** Each row is the answer of one experiment; compare it with your guess.

# %%
from course_lib.experiments import evidence, show_evidence

show_evidence("default_adam_on_the_network")
show_evidence("default_adam_on_the_ravine")

# %% [markdown]
# It **fails** twice: by 0.024 on the network, and enormously on the ravine. A default is a guess about how far the weights have to go.
#
# **B. "Momentum makes training faster."** The first row takes one small rate for both.

# %%
show_evidence("momentum_at_a_shared_rate")

# %% [markdown]
# At a shared small rate it **holds**, by a wide margin. But momentum 0.9 multiplies the rate by ten in the long run. Now each side at its own best rate:

# %%
show_evidence("momentum_at_its_own_rate")

# %% [markdown]
# It **fails**, though the interval only just leaves zero out: in batches of 50, with the rate tuned, momentum ends higher. So the advantage above was that of a larger effective rate. With the whole batch, momentum does win ([notebook 10](10_add_momentum.ipynb)).
#
# **C. "Nesterov's momentum is the better heavy ball."** The statement declares the opposite.

# %%
show_evidence("nesterov_ends_above_heavy_ball")

# %% [markdown]
# It **holds**: with the whole batch Nesterov ends *higher*, because heavy ball's edge of stability lies further out ([notebook 11](11_look_ahead_with_nesterov.ipynb)).
#
# **D. "Four times the batch, four times the rate."**

# %%
show_evidence("four_times_a_low_rate_keeps_the_loss")
show_evidence("four_times_the_best_rate_keeps_the_loss")

# %% [markdown]
# From a low rate it is a **tie**, from the best rate it **fails** ([notebook 09](09_choose_a_batch_size.ipynb)). On this network the rule works from a low rate, and not from the one that you would have tuned.
#
# **E. "Warm-up lets you train at a larger rate."**

# %%
show_evidence("warm_up_at_twice_the_rate")
s = np.std(evidence("warm_up_at_twice_the_rate")["values"], ddof=1)
print(f"seeds for a reach of 0.05: about {(1.96 * s / 0.05) ** 2:.0f}")

# %% [markdown]
# It stays **undecided**, on a network with one hidden layer. The last line says how many seeds an answer would take. Deep networks are another matter, and this row is silent about them.
#
# **F. "Cosine decay is the schedule to use."**

# %%
show_evidence("one_cycle_ends_below_cosine")

# %% [markdown]
# That one-cycle ends lower **holds** ([notebook 16](16_schedule_the_learning_rate.ipynb)), on this network, over six epochs, each at its own best rate.
#
# ## On trial: rules
#
# **G. "Adaptive methods leave saddles faster."**

# %%
show_evidence("adam_leaves_before_heavy_ball_in_the_plane")
show_evidence("adam_leaves_before_heavy_ball_in_ten_dimensions")

# %% [markdown]
# In the plane it **holds**, in ten dimensions with equal curvatures it **fails** ([notebook 04](04_escape_saddles.ipynb)). Pictures are drawn in the plane, networks are not trained there.
#
# **H. "AMSGrad repairs Adam."**

# %%
show_evidence("amsgrad_ends_as_low_as_adam")

# %% [markdown]
# A **tie** ([notebook 15](15_meet_adams_family.ipynb)). It does repair a counterexample; on this network it changes nothing that matters.
#
# **I. "Decoupled decay generalises better than L2 in Adam."**

# %%
show_evidence("decoupled_ends_below_l2")

# %% [markdown]
# A **tie**. The two are not the same rule, and want very different strengths. With strength and rate tuned for each, they end within the margin here.
#
# ## On trial: data and networks
#
# **J. "Always standardise the inputs."** Again the statement declares the opposite.

# %%
show_evidence("standardised_is_worse_with_adam")

# %% [markdown]
# It **holds**: on MNIST, with 1 000 images and at the same training loss, standardised pixels do *worse* on new images ([notebook 23](23_regularise.ipynb)). Speed is another question.
#
# **K. "Early stopping gives better accuracy."**

# %%
show_evidence("early_stopping_lowers_the_loss")
show_evidence("early_stopping_raises_the_accuracy")

# %% [markdown]
# That it lowers the loss **holds**; for the accuracy it is a **tie** ([notebook 23](23_regularise.ipynb)). The two need not agree: a network can become surer of its wrong answers without having more of them.
#
# **L. "Large networks overfit."**

# %%
show_evidence("wide_beats_narrow")

# %% [markdown]
# The opposite **holds**: at the same training loss the wide network is better on new images ([notebook 22](22_generalise.ipynb)).
#
# **M. "Skip connections help deep networks."**

# %%
show_evidence("bare_skips_hurt")

# %% [markdown]
# Without normalisation, that they hurt **holds** ([notebook 21](21_normalise.ipynb)). With it they help, as the same notebook shows.
#
# **N. "Gradient descent finds the global minimum."** XOR has four examples; a network with two hidden ReLU units can fit them exactly. Here are twelve runs from random starts, with two units and with 16.
#
# **Predict:** how many of the twelve arrive, with two units, and with 16?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels of the loss against the step, logarithmic loss axis from 1e-6 to 1, twelve runs each. Left, two units: a few curves fall out of the frame, most settle on horizontal lines between 0.1 and 0.3. Right, 16 units: all twelve fall steeply out of the frame."}}
ends = {}
fig, axes = plt.subplots(1, 2, figsize=(9.6, 3.8), sharey=True)
for ax, units in zip(axes, (2, 16), strict=True):
    for seed in range(12):
        run = trial.xor_run(units, seed)
        ends[units, seed] = (run.loss[-1], run.grad_norm[-1])
        ax.semilogy(run.loss, color="black", linewidth=0.8)
    ax.set(xlabel="step $t$", title=f"{units} units", ylim=(1e-6, 1))
axes[0].set_ylabel("loss")
plt.show()

# %% [markdown]
# *Reading the figure:* the horizontal lines are no slow runs. Their gradient is zero to many digits: they have ended where nothing points downhill. With more units than the task needs, not one run ends so.

# %%
stuck = {key: end for key, end in ends.items() if end[0] > 0.01}
for units in (2, 16):
    print(f"{units} units: {sum(key[0] == units for key in stuck)} of 12 stuck")
longest = max(1e-12, *(end[1] for end in stuck.values()))
print(f"|g| of those stuck: at most {longest:.0e}")
show_evidence("two_units_find_the_minimum")
show_evidence("sixteen_units_find_the_minimum")

# %% tags=["guard"]
assert sum(key[0] == 2 for key in stuck) >= 6
assert not any(key[0] == 16 for key in stuck)
assert max(end[1] for end in stuck.values()) < 1e-3

# %% [markdown]
# With two units it **fails**; with 16 it is a **tie** with "always". Theory has results of this kind for very wide networks ([Du and others 2019](https://arxiv.org/abs/1811.03804)); they speak of the training loss only.
#
# ## Your score
#
# How did your guesses do?

# %%
truth = {letter: evidence(name)["verdict"] for letter, name in trial.DOCKET.items()}
right = sum(guess[letter] == word for letter, word in truth.items())
held = list(truth.values()).count("holds")
print(f"your guesses: {right} of 14 right; always 'holds': {held}")

# %% [markdown]
# All fourteen in the picture of the beginning, now with their letters:

# %% tags=["figure"] mystnb={"image": {"alt": "The fourteen rows of the docket as horizontal intervals in half widths, with letter and verdict at the left, on a symmetric logarithmic axis. B, C, F, J, L and M lie right of zero. A, D and N, which failed, lie right of zero too, D and N farthest of all. G, which failed, lies far left. E, H and I contain zero, and K lies just left of it."}}
fig, ax = plt.subplots(figsize=(9, 4.6))
trial.draw_rows(ax, [evidence(name) for name in trial.DOCKET.values()])
ax.set_yticks(-np.arange(14), [f"{letter}  {word}" for letter, word in truth.items()])
plt.show()

# %% [markdown]
# *Reading the figure:* a claim of equality has no side, so A, D and N fail on the right: the two sides differ by more than the margin. K is off zero, and still a tie. Distance from zero is certainty, not importance; for importance read the row.
#
# ## Your own claim
#
# A small test to begin with. `trial.bowl_rate(step)` finds a rule's best rate on it, with twenty seeds below 1000.

# %%
show_source(trial.bowl_loss)

# %% [markdown]
# And this is a whole claim, as the course declares them. `tuned` finds the settings of both sides on other seeds. One seed gives one number, which is 0 where the two sides are alike. `trial.show_trial` runs the claim, judges it by the ledger's rule, and writes nothing.

# %%
from course_lib.experiments import claim
from course_lib.optimizers import momentum, nesterov, sgd

def both_rates():
    return {"lr_a": trial.bowl_rate(momentum), "lr_b": trial.bowl_rate(sgd)}

@claim("34", "on a noisy bowl, each at its own best rate, momentum ends lower than SGD",
       unit="ln(loss of momentum / of SGD)", side="below", n=40, first_seed=1000,
       margin=0.05, tuned=both_rates)
def momentum_on_a_bowl(seed, lr_a, lr_b):
    one = trial.bowl_loss(momentum, lr_a, seed)
    return np.log(one / trial.bowl_loss(sgd, lr_b, seed))

trial.show_trial(momentum_on_a_bowl)

# %% [markdown]
# ### Exercise 34.4 · Your own claim
#
# Bring a sentence that you have doubted for a while, on anything that takes less than a minute in all: another rule, another bowl, another number of steps. Declare sentence, side, number of seeds and margin *before* you run it. Return a number that belongs to the seed.
# The check looks at the protocol, not at the verdict.

# %% tags=["exercise"]
def my_rates():
    """Return the settings of both sides, tuned on seeds that the claim does not use."""
    return {"lr_a": trial.bowl_rate(nesterov), "lr_b": trial.bowl_rate(momentum)}

@claim("34", "on a noisy bowl, Nesterov's momentum ends as low as heavy ball",
       unit="ln(loss of a / loss of b)", side="tie", n=40, first_seed=2000,
       margin=0.05, tuned=my_rates)
def my_claim(seed, lr_a, lr_b):
    """Return one number for this seed, 0 where the two sides are alike."""
    ### BEGIN SOLUTION
    one = trial.bowl_loss(nesterov, lr_a, seed)
    return np.log(one / trial.bowl_loss(momentum, lr_b, seed))
    ### END SOLUTION

# %%
check.my_claim(my_claim)

# %% [markdown]
# When the check is content, here is the verdict. It comes once: if you change the claim after seeing it, change `first_seed` too.

# %%
trial.show_trial(my_claim, seconds=60)

# %% [markdown]
# ## Summary
#
# - A claim has a rate, a budget, seeds, a margin, and something that was varied. If one is missing, ask for it.
# - Luck, one-sided tuning and stopping at the right moment make claims out of nothing. Fresh seeds, tuning for both and a number fixed beforehand undo them.
# - Verdicts that surprised: momentum higher than plain descent once both rates are tuned, in batches of 50; Nesterov above heavy ball with the whole batch; standardised inputs worse on new images; the wide network better than the narrow one.
# - Most verdicts end in "on this network", and that is their strength. A sentence without its condition cannot be tested.
# - You began with a ball on a slope and end with the means to judge whoever tells you how it rolls. The rule that you read is the rule that ran; keep asking for that.
#
# ## Questions to ask yourself
#
# **1.** A blog post shows: "Optimizer Z reaches 98.4 %, Adam 98.1 %, both at 0.001, three seeds." Which of the six questions does it answer?
#
# <details>
# <summary>Answer</summary>
#
# Two. The rate was shared, and so nobody's best as far as we are told. There are three seeds, too few. Whether they are fresh, who was tuned, which margin matters and what was varied, it does not say. It may still be true.
#
# </details>
#
# **2.** A claim of the ledger is undecided. You add twenty seeds to its twenty, and now it holds. May you report that?
#
# <details>
# <summary>Answer</summary>
#
# Not as a 95 % statement: you looked at twenty, and would have stopped had it held. Fix a new number, draw new seeds, and judge those alone.
#
# </details>
#
# **3.** Your own claim came out with an interval of width 0 on the stated side. What happened?
#
# <details>
# <summary>Answer</summary>
#
# The seed decides nothing: all numbers are the same one. Forty copies of a run are one run, and the arithmetic does not notice.
#
# </details>
#
# **4.** Why does the ledger keep what failed?
#
# <details>
# <summary>Answer</summary>
#
# A list of what held is the best of many seeds in another guise. How often the bench was wrong tells you how far to trust it when it says *holds*.
#
# </details>
#
# ## Go deeper
#
# - J. Simmons, L. Nelson, U. Simonsohn, [False-positive psychology](https://doi.org/10.1177/0956797611417632), 2011: how flexibility in stopping and reporting makes anything significant.
# - X. Bouthillier and others, [Accounting for variance in machine learning benchmarks](https://arxiv.org/abs/2103.03098), 2021: which sources of variance matter.
# - D. Picard, [torch.manual_seed(3407) is all you need](https://arxiv.org/abs/2109.08203), 2021.
# - P. Henderson and others, [Deep reinforcement learning that matters](https://arxiv.org/abs/1709.06560), 2018.
# - G. Melis, C. Dyer, P. Blunsom, [On the state of the art of evaluation in neural language models](https://arxiv.org/abs/1707.05589), 2018.
# - S. Du and others, [Gradient descent finds global minima of deep neural networks](https://arxiv.org/abs/1811.03804), 2019.
#
# **Where to go on:** this is the last notebook. The map of the course is in [Start here](00_start_here.ipynb), and the exercises that you left open wait there. For a patient of your own, take the checklist of
# [Debug a failing run](29_debug_a_failing_run.ipynb); for a benchmark of your own, the cards of [Compare optimizers fairly](28_compare_optimizers_fairly.ipynb). And if a sentence of this course seems wrong to you, declare it, run it, and show the row.
