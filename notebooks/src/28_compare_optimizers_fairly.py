# %% [markdown]
# # 28 · Compare optimizers fairly
#
# *Which optimizer is best, and how would I know?*
#
# Seven update rules, one network, one set of data. In this notebook you will first make three different rules win, one
# after the other, without writing a single false number. Then you will learn to ask so that nobody can do that to you.
#
# **You will do:** reproduce a ranking and turn it over; tune seven rules on five workloads; compute a paired interval
# and Holm's correction; time runs that may never arrive; score an optimizer of your own.
#
# **You will learn:** what has to be written down before a comparison begins; what a tuning budget does to the ranking;
# when a difference is a difference; which promise "Adam contains momentum" makes; and how to write a sentence about
# optimizers that a critic cannot take apart.
#
# **You need:** the rules of notebooks 10 to 14, and tuning on validation data from
# [24: Train MNIST from scratch](24_train_mnist_from_scratch.ipynb).
#
# **Minutes:** 90

# %% tags=["setup"]
import matplotlib.pyplot as plt
import numpy as np

from course_lib import check, look, show_source

plt.style.use(["default", "course_lib.course"])

# %% [markdown]
# ## A question with six blanks
#
# "Which optimizer is best?" has no answer, because it has blanks. On which *data and network*, from which *start*, with
# which *batch size*? For how many *steps*? Judged by which *measure*? Tuned *how*, and with how many *trials*? And
# over how many *seeds*? A **workload card** fills in all but the tuning, before anybody runs anything. Here are five:
#
# | card | what it is | why it is here |
# |---|---|---|
# | `mnist_mlp` | 784-128-128-10, ReLU, real MNIST, one epoch | the network of notebook 24, in a hurry |
# | `algoperf_mnist` | 784-128-10, sigmoid, standardised pixels, 50 000 / 10 000 images, target 97 % | the small workload of the AlgoPerf benchmark (Dahl et al. 2023) |
# | `deep_narrow` | eight hidden layers of 16 tanh units, 1 000 small digits | hard to get through |
# | `logistic` | no hidden layer, started at zero; judged by its *training* loss | convex: pure optimization |
# | `regression` | ten inputs, 32 tanh units, squared error, Friedman's function | another loss, and it runs in a tenth of a second |
#
# The measure is always an error or a loss, so **low is good**. A run that diverges gets infinity.
#
# (AlgoPerf fixes network, data and target, and leaves the batch size to the competitor. It counts seconds on a fixed
# machine; we count steps. Our first weights are Glorot's, not LeCun's.)
#
# **Predict:** how many weights has the AlgoPerf network, and how many epochs are 1 600 steps?

# %%
import math

from course_lib import landscapes, optimizers, plotting
from course_lib.optimizers import descent, schedules
import itertools
import json
from dataclasses import asdict, replace
from pathlib import Path

from course_lib.experiments import comparison, harness
from course_lib.data import datasets, load_results
from course_lib.experiments.workloads import WORKLOADS, run_trial

for card in WORKLOADS.values():
    weights = sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(card.sizes))
    print(f"{card.name:14} {len(card.sizes) - 1} layers, {weights:6} weights, {card.n_steps:4} steps of {card.batch_size:3} "
          f"examples; {card.measure} at most {card.target}")
print(f"algoperf_mnist: {1600 * 128 / 50_000:.1f} epochs; weights predicted {785 * 128 + 129 * 10}")

# %% [markdown]
# A **trial** is one run by the card: `run_trial(card, step, seed=..., lr=...)`. The seed fixes the first weights *and*
# the order of all batches, for every rule alike. It returns the measure after every `card.every` steps (`curve`), its
# last value (`final`), and the first step at which the target was reached (`steps`, infinity if never).
#
# What can `regression` reach? Its data are Friedman's function plus noise, divided by 5; the noise has variance 1, so no
# network can get far below $1/25 = 0.04$, and the target is 0.1.
#
# ## Where the long results come from
#
# Seven rules on five workloads, tuned and repeated, are 2 216 runs. They were made once, by
# `python -m experiments.workloads`, and lie in `course_lib/data/workloads.json`. For each rule:
#
# - a **ladder**: eleven rates from 0.0001 to 10, everything else at its default, seeds 0, 1 and 2;
# - **trials**: settings drawn from the rule's declared search space, run on seed 0;
# - **finalists**: the best of these, run again with seeds 1 and 2; the lowest mean over the three seeds is chosen;
# - **fresh**: the chosen setting, run with seeds that no choice has seen.
#
# How many, depends on how long a run takes, and is the same for all seven rules:
#
# | workload | ladder | trials | finalists | fresh seeds |
# |---|---|---|---|---|
# | `regression`, `logistic` | yes | 32 | 4 | 12 |
# | `deep_narrow` | no | 32 | 4 | 12 |
# | `algoperf_mnist`, `mnist_mlp` | no | 16 | 4 | 8 |
#
# Never trust such a file unchecked. Run a sample of it again: same card, same setting, same seed. The sample holds trials
# whose rate is well inside the stable range. Near the edge a run is chaotic: the last digits depend on the processor, and
# many steps make them grow. (MNIST is in single precision, so its trial agrees less closely.)

# %%
saved = load_results("workloads")
results, rates, real = saved["results"], np.array(saved["ladder"]), datasets.load_mnist().name == "mnist"

def numbers(values):
    """Return an array in which the file's null is infinity."""
    return np.nan_to_num(np.array(values, dtype=float), nan=np.inf)

sample = [("regression", "adam", 3), ("logistic", "nesterov", 5), ("deep_narrow", "sgd", 19), ("algoperf_mnist", "adam", 7)]
for workload, step, k in sample[: 4 if real else 3]:
    trials = results[workload][step]["trials"]
    hyper = {name: values[k] for name, values in trials["hyper"].items()}
    again, before = run_trial(WORKLOADS[workload], step, seed=0, **hyper)["final"], numbers(trials["final"])[k]
    agrees = math.isclose(again, before, rel_tol=0.1 if "mnist" in workload else 0.01)
    print(f"{workload}, {step}, trial {k}: as saved: {agrees}")
    assert agrees

# %% [markdown]
# ## First way to win: one rate for all
#
# The simplest comparison gives all rules the same learning rate. It looks fair. Take `regression`, and the median of
# three seeds. **Predict:** Adam's default in Keras is 0.001, and SGD's is 0.01. Does the winner depend on the rate?

# %%
def ladder(workload, step):
    """Return the median score over seeds on each rung of the ladder."""
    return np.median(numbers(results[workload][step]["ladder"]["final"]).reshape(len(rates), -1), axis=1)

def fresh(workload, step, aim, what="final"):
    """Return the fresh scores (or steps) of a rule, one a seed; where one setting was chosen, it serves every aim."""
    chosen = results[workload][step]["chosen"]
    return numbers(chosen.get(aim, chosen["lowest"])[what])

assert saved["cards"] == json.loads(json.dumps([asdict(card) for card in WORKLOADS.values()]))  # the cards did not change
rules, others = list(results["regression"]), [step for step in results["regression"] if step != "adam"]
table = {step: ladder("regression", step) for step in rules}
for k, lr in enumerate(rates):
    first, *_, last = sorted(rules, key=lambda step: table[step][k])
    print(f"lr {lr:<8g} first: {first:8} {table[first][k]:<6.3g} last: {last:8} {table[last][k]:.3g}")

# %% [markdown]
# Every line of this table is a true statement, and whoever picks the line picks the winner. Reproduce three of them
# now, with your own machine and three seeds each, in a few seconds. **Predict** from the table who comes first.

# %% tags=["nbval-ignore-output"]
for lr in (0.000316, 0.1, 0.316):
    score = {step: np.median([run_trial(card, step, seed=seed, lr=lr)["final"] for seed in range(3)]) for step in rules}
    order = sorted(rules, key=score.get)
    k = np.argmin(abs(rates - lr))
    print(f"lr {lr:<8g} " + " < ".join(f"{step} {score[step]:.2f}" for step in order[:4]))
    assert order[0] == min(rules, key=lambda step: table[step][k])
    assert np.isclose(score[order[0]], table[order[0]][k], rtol=0.02)

# %% [markdown]
# ### Exercise 28.1 · The sponsor's rate
#
# Somebody pays you to show that rule X is best. At which shared rates is it? Return the list of all rates at which
# `name` alone has the lowest score (a tie is no win). `scores` maps every rule to an array with one score a rate;
# infinite scores occur.

# %% tags=["exercise"]
def winning_rates(name, rates, scores):
    """Return the rates at which scores[name] is lower than the score of every other rule."""
    ### BEGIN SOLUTION
    others = np.min([scores[other] for other in scores if other != name], axis=0)
    return [lr for lr, mine, rest in zip(rates, scores[name], others, strict=True) if mine < rest]
    ### END SOLUTION

# %%
check.winning_rates(winning_rates)

# %% [markdown] tags=["solution"]
# Try it: `{step: winning_rates(step, rates, table) for step in rules}`. A rule that wins at no shared rate may still be
# the best one when each has its own.

# %% [markdown]
# ## Each rule has a valley of its own
#
# Why does it flip? A learning rate multiplies a gradient in SGD, a sum of ten gradients in momentum, and a number of
# size 1 in Adam. It is not the same quantity, so a shared rate is not a shared condition. Draw the whole ladder.
# **Predict:** by which factor do the best rates of the seven rules differ?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels, regression and logistic: score against learning rate, both axes logarithmic, one curve for each of seven rules. Every curve is a valley. The valleys of RMSprop and Adam lie furthest left, AdaGrad's furthest right, and on regression most curves end where the run diverges."}}
fig, axes = plt.subplots(1, 2, figsize=(11, 4.6), sharex=True)
spread = {}
for ax, workload in zip(axes, ("regression", "logistic"), strict=True):
    best = [rates[np.argmin(ladder(workload, step))] for step in rules]
    spread[workload] = max(best) / min(best)
    for step in rules:
        score = ladder(workload, step)
        ax.loglog(rates[score < 4], score[score < 4], **look(step, markevery=1))
        assert 0 < np.argmin(score) < len(rates) - 1
    ax.set(xlabel="learning rate, the same for all", ylabel=WORKLOADS[workload].measure, ylim=(0.015, 4))
    ax.set_title(f"{workload}: best rates differ {spread[workload]:.0f}-fold")
axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# *Reading the figure:* a shared rate is a vertical line. Slide it from left to right and watch which curve it meets
# first. What each rule can do is the *bottom* of its valley, and how much care it asks for is the valley's *width*. A
# curve that stops has diverged beyond, or left the picture. No best rate lies at an end of the ladder (asserted).
#
# ## Second way: tune, but in which space?
#
# A fair comparison tunes each rule by itself. For that it needs a **search space**, declared beforehand: for every
# hyper-parameter a range and a scale. Rates are drawn on a logarithmic scale, momentum by the logarithm of $1-\beta$
# (0.9, 0.99 and 0.999 are equal steps apart). Ours, the same for all five workloads:
#
# | rule | rate | other |
# |---|---|---|
# | sgd, adagrad | 0.001 to 10 | |
# | momentum, nesterov | 0.001 to 10 | $1-\beta$ from 0.01 to 1 |
# | rmsprop | 0.0001 to 1 | $1-\rho$ from 0.001 to 0.3 |
# | adam | 0.0001 to 1 | $1-\beta_1$ from 0.01 to 1, $1-\beta_2$ from 0.001 to 0.3 |
# | adamw | 0.0001 to 1 | $1-\beta_1$ from 0.01 to 1, weight decay from 0.001 to 1 |
#
# `harness.draw_trials(space, n, rng=rng)` draws $n$ settings from a *quasi-random* sequence (Halton 1960), whose points
# keep out of each other's way; AlgoPerf draws its trials in a similar manner.
#
# Now the same question three times, on `regression`: all rules at the rate 0.001; each rule at the best rate of its
# ladder; each rule with all its hyper-parameters searched. The last two are run on 12 fresh seeds, and the *mean* over
# these decides. **Predict:** which of the seven will move most?

# %% tags=["figure"] mystnb={"image": {"alt": "Ranks 1 to 7 of the seven rules in three columns: one rate 0.001 for all, rate tuned, all tuned. Lines cross: Nesterov rises from fifth to first, RMSprop falls from third to fifth, SGD is last in the end."}}
columns = {"one rate, 0.001": {step: table[step][np.argmin(abs(rates - 0.001))] for step in rules}}
columns |= {label: {step: fresh("regression", step, aim).mean() for step in rules}
            for label, aim in (("rate tuned", "lr only"), ("all tuned", "lowest"))}
ranks = {step: [sorted(rules, key=column.get).index(step) + 1 for column in columns.values()] for step in rules}
fig, ax = plt.subplots(figsize=(7.6, 4.8))
for step, rank in ranks.items():
    ax.plot(rank, **look(step, markevery=1, markersize=10, linewidth=2.2))
    ax.text(2.08, rank[-1], step, va="center")
mover = max(rules, key=lambda step: abs(ranks[step][-1] - ranks[step][0]))
ax.set(xticks=range(3), xticklabels=columns, xlim=(-0.2, 2.6), ylim=(7.5, 0.5), ylabel="rank, by mean score",
       title=f"regression: {mover} goes from rank {ranks[mover][0]} to {ranks[mover][1]} to {ranks[mover][2]}")
plt.show()
for label, column in columns.items():
    print(f"{label:16}", "  ".join(f"{step} {column[step]:.3f}" for step in sorted(rules, key=column.get)))

# %% [markdown]
# *Reading the figure:* rank 1 is at the top. Nothing changed between the columns but the terms of the comparison. But
# ranks hide how close the scores are: read the numbers below the picture. The seeds of one rule scatter by about 0.02
# (standard deviation), so the first four of the middle column are hardly told apart.
#
# ## Third way: choose the tuning budget
#
# More trials find better settings, but not equally fast: a wide space with many hyper-parameters needs more of them.
# So a ranking holds for a *number of trials*. What would a search with fewer than 32 trials have found? No new run is
# needed (Dodge et al. 2019): draw $k$ of the $n$ trials at random, without replacement. The best of them is above a
# value $x$ if all $k$ come from the $n_x$ trials above $x$:
#
# $$P(\text{best of } k > x) = \binom{n_x}{k} \Big/ \binom{n}{k} .$$
#
# We plot the median, which bears runs that diverged; the mean would be infinite. **Predict:** which rule is best for
# $k = 1$, that is, for somebody who draws one setting and stops?

# %% tags=["figure"] mystnb={"image": {"alt": "Two panels, regression and logistic: median best score against the number of trials from 1 to 32, both axes logarithmic, seven falling curves that cross. With one trial the order differs from that with 32."}}
budgets = np.array([1, 2, 4, 8, 16, 32])
fig, axes = plt.subplots(1, 2, figsize=(11, 4.6))
found = {}
for ax, workload in zip(axes, ("regression", "logistic"), strict=True):
    for step in rules:
        scores = numbers(results[workload][step]["trials"]["final"])
        found[workload, step] = np.array([comparison.best_of(scores, k) for k in budgets])
        ax.loglog(budgets, found[workload, step], **look(step, markevery=1))
    winners = [min(rules, key=lambda step: found[workload, step][i]) for i in (0, -1)]
    ax.set(xlabel="trials $k$", ylabel="score of the best trial, median", xticks=budgets, xticklabels=budgets)
    ax.set_title(f"{workload}: first is {winners[0]} with 1 trial,\n{winners[1]} with 32")
    ax.xaxis.set_minor_locator(plt.NullLocator())
axes[1].legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()

# %% [markdown]
# *Reading the figure:* a curve that starts low asks for little tuning; one that ends low rewards it. Both are good
# properties, and they are different ones. A comparison that names no budget has chosen one all the same. (From 16 to 32
# nothing moves: 16 of 32 trials hold the best one with probability 1/2, which is what a median asks for.)
#
# ## The winner's curse
#
# The best of 32 trials came first *because* its score was low. Part of that is the setting, and part is luck with seed
# 0. The setting stays; the luck does not. So never report the score that won the search. **Predict:** of 35 settings
# that came first on seed 0 (seven rules, five workloads), how many score worse on the average of
# seeds 1 and 2? Half of them, if coming first told only of the setting.

# %%
ratio = {}
for workload, step in itertools.product(results, rules):
    first, *again = numbers(results[workload][step]["finalists"][0]["final"])
    ratio[workload, step] = np.mean(again) / first
worse = sum(value > 1 for value in ratio.values())
print(f"worse on seeds 1 and 2: {worse} of {len(ratio)}; median ratio {np.median(list(ratio.values())):.2f}")
print("largest ratios:", ", ".join(f"{step} on {workload} {ratio[workload, step]:.2g}"
                                   for workload, step in sorted(ratio, key=ratio.get)[:-4:-1]))
assert worse > 25

# %% [markdown]
# ## A sweep that survives
#
# A sweep of 2 216 runs will be interrupted. `harness.sweep` writes each result into its file as one line, as soon as
# it is there; a second call computes only what is missing. It runs on several cores with joblib (`n_jobs`), and the file
# at the end is the same, byte for byte, however it came about. Here the power fails in the middle of writing the fifth
# of eight results. **Predict:** how many runs does the second call make?

# %%
import tempfile

short, calls = replace(WORKLOADS["regression"], n_steps=400), []
jobs = [{"step": step, "lr": lr, "seed": seed} for step in ("sgd", "adam") for lr in (0.01, 0.1) for seed in (0, 1)]
def one_run(step, lr, seed):
    calls.append(step)
    return run_trial(short, step, lr=lr, seed=seed)
with tempfile.TemporaryDirectory() as folder:
    path, whole = Path(folder) / "sweep.jsonl", Path(folder) / "whole.jsonl"
    harness.sweep(path, asdict(short), jobs[:5], one_run)
    path.write_bytes(path.read_bytes()[:-20])
    calls.clear()
    harness.sweep(path, asdict(short), jobs, one_run)
    harness.sweep(whole, asdict(short), jobs, one_run, n_jobs=2)
    print(f"predicted 4 runs, made {len(calls)}; the file that two cores make: {path.read_bytes() == whole.read_bytes()}")

# %% [markdown]
# The first line of the file holds the settings. Ask for other settings, and the sweep refuses to mix them.
#
# ## How sure is a difference?
#
# All rules met the same seeds: seed 100 gave Adam and momentum the same first weights and batches. So compare seed by
# seed: $d_s = a_s - b_s$. What the two share on a seed cancels, and the standard deviation of $d$ is
# $\sqrt{\sigma_a^2 + \sigma_b^2 - 2 r \sigma_a \sigma_b}$, with $r$ the correlation of the two. If $r > 0$, pairing
# saves seeds. Where training is long and the path chaotic, two rules may forget the start they shared; then $r$ is near 0
# and pairing brings little. It costs nothing to do, and it must be done *before*: seeds that were not shared cannot be
# paired afterwards.
#
# The interval comes from the **bootstrap**. Draw as many differences from $d_1, \dots, d_n$ as there are, with
# replacement, and take their mean; do it 10 000 times; the middle 95 % of the means are the interval.
#
# ### Exercise 28.2 · A paired interval

# %% tags=["exercise"]
def paired_bootstrap(a, b, rng):
    """Return (low, high), a 95 % interval for the mean of a - b; a, b (seeds,), paired; 10 000 resamples from rng."""
    ### BEGIN SOLUTION
    d = a - b
    means = d[rng.integers(len(d), size=(10_000, len(d)))].mean(axis=1)
    return np.quantile(means, [0.025, 0.975])
    ### END SOLUTION

# %%
check.paired_bootstrap(paired_bootstrap)

# %% [markdown]
# Is a "95 %" interval from 12 seeds right 95 times in 100? For normal differences one can predict it. The bootstrap's
# interval is the mean, plus or minus 1.96 standard errors, where the standard error divides by $n$ and not by $n-1$.
# So it covers the truth if Student's $t$ with $n-1$ degrees of freedom is below $1.96\sqrt{(n-1)/n}$. **Predict:**
# more or less than 95 %?

# %%
from scipy import stats

rng = np.random.default_rng(0)
for n in (5, 12):
    covered = 0
    for _ in range(2000):
        d = rng.normal(size=n)
        means = d[rng.integers(n, size=(500, n))].mean(axis=1)
        covered += np.quantile(means, 0.025) <= 0 <= np.quantile(means, 0.975)
    predicted = 1 - 2 * stats.t.sf(1.96 * math.sqrt((n - 1) / n), n - 1)
    print(f"{n:2} seeds: covers the truth, predicted {predicted:.0%}, measured {covered / 2000:.0%}")
    assert abs(covered / 2000 - predicted) < 0.025

# %% [markdown]
# Too short, then: with five seeds quite badly. Read an interval that just misses zero with suspicion. Here are all six
# rules against Adam, a baseline named *before* looking, each tuned with the same number of trials, on fresh seeds. To
# fit all workloads in one picture, differences are divided by Adam's mean score.

# %% tags=["figure"] mystnb={"image": {"alt": "One panel for each workload: six horizontal intervals each, the difference to Adam in per cent of Adam's score, with a vertical line at zero. Some intervals lie clearly to the right of zero, some hold zero, few lie to the left."}}
fig, axes = plt.subplots(1, 5, figsize=(13, 4.6), sharey=True)
interval, rng = {}, np.random.default_rng(0)
for ax, workload in zip(axes, results, strict=True):
    adam = fresh(workload, "adam", "lowest")
    for height, step in enumerate(others):
        values = comparison.paired_interval(fresh(workload, step, "lowest"), adam, rng=rng)
        interval[workload, step] = mean, low, high = np.array(values) / adam.mean()
        ax.errorbar(100 * mean, height, xerr=[[100 * (mean - low)], [100 * (high - mean)]], capsize=4,
                    **look(step, linestyle="none", markersize=9, markevery=1))
    ax.axvline(0, color="0.4", linewidth=1)
    ax.set(yticks=range(6), yticklabels=others, ylim=(5.5, -0.5), title=workload, xlabel="score minus Adam's, %")
clear = sum(low > 0 or high < 0 for _, low, high in interval.values())
fig.suptitle(f"Against Adam, {clear} of 30 intervals miss zero, on either side", x=0.01, ha="left", fontweight="bold")
plt.show()
assert clear == 16 and not any(all(interval[w, step][1] > 0 for w in results) for step in others)

# %% [markdown]
# *Reading the figure:* a bar is a 95 % interval, in per cent of Adam's mean score; right of the line Adam is better. Each panel has its own scale. No rule
# has its whole bar on the same side of the line in all five panels.
#
# ## Many questions at once
#
# Six comparisons on each of five workloads are $m = 30$. If no rule differed from Adam at all, and the tests were
# independent, how likely is at least one false alarm at the 5 % level? $1 - 0.95^{30}$. **Holm's correction** keeps that chance below 5 %: sort the
# p-values; multiply the smallest by $m$, the next by $m-1$, and so on; none may be smaller than the one before it, nor
# larger than 1.
#
# The p-value of a pair comes from its signs. If two rules could be exchanged, each $d_s$ could as well have the other
# sign. Of all $2^n$ choices of signs, what fraction gives a sum at least as far from zero? The smallest value possible
# is $2/2^n$: for five seeds 0.0625. **Five seeds can never be significant at 5 %.**
#
# ### Exercise 28.3 · Holm's correction

# %% tags=["exercise"]
def holm(p):
    """Return Holm's adjusted p-values, an array in the order of p (m,)."""
    ### BEGIN SOLUTION
    order, m = np.argsort(p), len(p)
    adjusted = np.empty(m)
    adjusted[order] = np.maximum.accumulate(np.minimum(1, (m - np.arange(m)) * p[order]))
    return adjusted
    ### END SOLUTION

# %%
check.holm(holm)

# %% [markdown]
# What does the correction cost, and what does it buy? First with p-values of which we *know* that nothing is behind
# them (uniform between 0 and 1), then with ours.

# %%
noise = np.random.default_rng(0).random((4000, 30))
alarms = [np.mean(noise.min(axis=1) <= 0.05), np.mean([comparison.holm(p).min() <= 0.05 for p in noise])]
print(f"30 tests of nothing, at least one alarm: predicted {1 - 0.95**30:.0%} and at most 5 %, "
      f"measured {alarms[0]:.0%} and {alarms[1]:.1%} with Holm")
pairs = list(interval)
p = [comparison.sign_flip_p(fresh(w, step, "lowest"), fresh(w, "adam", "lowest")) for w, step in pairs]
adjusted = dict(zip(pairs, comparison.holm(p), strict=True))
within = {pair: value for w in results for pair, value in zip(
    [(w, step) for step in others], comparison.holm([p[pairs.index((w, step))] for step in others]), strict=True)}
counts = [sum(np.array(list(values)) <= 0.05) for values in (p, adjusted.values(), within.values())]
print(f"p at most 0.05: {counts[0]} of {len(p)}; Holm over all: {counts[1]}; Holm within each workload: {counts[2]}")
assert abs(alarms[0] - (1 - 0.95**30)) < 0.03 and alarms[1] < 0.06

# %% [markdown]
# ## How soon?
#
# "How low after a fixed budget?" is one question. "How many steps to a fixed target?" is another, and it is the one that
# AlgoPerf asks. It needs a rule for runs that do not arrive. Their time is not unknown in every respect: it is *larger
# than the budget*. Left out, they flatter the rule that fails most. So a miss counts as infinitely late, and the summary
# is a **median**, which is finite as long as more than half of the seeds arrive.
#
# ### Exercise 28.4 · Typical time to a target
#
# `curves` has a row for each seed and a column for each look; look number 0 is made after `every` steps, number 1 after
# twice as many. Return the median over seeds of the first step at which the curve was at or below `target`.

# %% tags=["exercise"]
def typical_steps(curves, target, every):
    """Return the median number of steps to the target, misses counting as infinity; curves (seeds, looks)."""
    ### BEGIN SOLUTION
    hit = curves <= target
    steps = np.where(hit.any(axis=1), every * (1.0 + hit.argmax(axis=1)), np.inf)
    return np.median(steps)
    ### END SOLUTION

# %%
check.typical_steps(typical_steps)

# %% [markdown]
# For this question the settings of `regression` and `logistic` were chosen anew, from the same trials: fewest steps, ties
# broken by the final score. (On the others, the setting with the lowest final score has to serve.) **Predict:** is the rule that ends lowest also the one that arrives first?

# %%
steps = {(w, step): np.median(fresh(w, step, "soonest", "steps")) for w in results for step in rules}
print(f"{'median steps':15}" + "".join(f"{step:>10}" for step in rules) + "   ends lowest")
for workload in results:
    lowest = min(rules, key=lambda step: fresh(workload, step, "lowest").mean())
    print(f"{workload:15}" + "".join(f"{steps[workload, step]:10.0f}" for step in rules) + f"   {lowest}")
missed = {step: sum(np.isinf(fresh(w, step, "soonest", "steps")).sum() for w in results) for step in rules}
print(f"{'seeds missed':15}" + "".join(f"{missed[step]:10}" for step in rules))

# %% [markdown]
# So many numbers are hard to keep in mind. A **performance profile** (Dolan and Moré 2002) sums them up: for
# every workload divide by the fewest steps that any rule needed; $\rho(\tau)$ is the fraction of workloads on which a
# rule needs at most $\tau$ times as many. At $\tau = 1$ stands how often a rule is the fastest, far right how often it
# arrives at all. **Predict** from the table: which curves never reach 1?

# %% tags=["figure"] mystnb={"image": {"alt": "Performance profile: fraction of the workloads solved within tau times the fewest steps, tau from 1 to 8 on a logarithmic axis. Seven staircases; some reach 1, others stay below because they miss a target."}}
matrix, tau = np.array([[steps[w, step] for step in rules] for w in results]), np.geomspace(1, 8, 400)
profile = comparison.performance_profile(matrix, tau)
fig, ax = plt.subplots(figsize=(8, 4.8))
for k, (step, rho) in enumerate(zip(rules, profile, strict=True)):
    ax.step(tau, rho + 0.008 * (k - 3), where="post", **look(step, marker=None, linewidth=2.4))
ax.set_xscale("log")
ax.set(xlabel=r"$\tau$, times the fewest steps", ylabel=r"$\rho$, fraction of the workloads", ylim=(-0.05, 1.07))
ax.set_xticks([1, 2, 4, 8], ["1", "2", "4", "8"])
ax.minorticks_off()
arrive = [step for step, rho in zip(rules, profile, strict=True) if rho[-1] == 1]
ax.set_title(f"Within 8 times the fewest steps on all: {', '.join(arrive)}")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
plt.show()
print("fastest on, of 5:", ", ".join(f"{step} {5 * rho[0]:.0f}" for step, rho in zip(rules, profile, strict=True)))

# %% [markdown]
# *Reading the figure:* higher is better, at every $\tau$ (the curves are drawn a hair apart, so that none hides another).
# A profile depends on the company: take the fastest rule away, and all ratios change. And five
# workloads give steps of one fifth: this is a summary of five cases, not an estimate for a sixth.
#
# ## The defensible sentence
#
# Now the answer can be written. Four words are needed, and not two. Before looking, fix a **margin**: a difference so
# small that you would not care. Then, for an interval (low, high) of $a - b$ and an adjusted p-value:
#
# - the whole interval lies strictly within the margin on both sides: **tie**, and that is a result;
# - otherwise $p \le 0.05$ and the whole interval is below 0: **a** is ahead; above 0: **b** is ahead;
# - otherwise: **undecided**, which is *not* a tie. The data allow a difference that matters, and do not show one.
#
# ### Exercise 28.5 · The defensible sentence

# %% tags=["exercise"]
def verdict(low, high, p, margin):
    """Return 'tie', 'a', 'b' or 'undecided' for losses a and b: interval of a - b, adjusted p, margin > 0."""
    ### BEGIN SOLUTION
    if -margin < low and high < margin:
        return "tie"
    if p <= 0.05 and high < 0:
        return "a"
    if p <= 0.05 and low > 0:
        return "b"
    return "undecided"
    ### END SOLUTION

# %%
check.verdict(verdict)

# %% [markdown]
# Here is what may be said, workload by workload, with a margin of 5 % of Adam's score and Holm within each workload.
# **Predict:** how many of the comparisons stay undecided?

# %%
def judged(low, high, p, margin=0.05):
    if max(abs(low), abs(high)) < margin:
        return "tied with adam"
    return "undecided" if p > 0.05 or low <= 0 <= high else "ahead of adam" if high < 0 else "behind adam"

said = {(w, step): judged(*interval[w, step][1:], within[w, step]) for w, step in pairs}
for workload in results:
    words = {word: [step for w, step in pairs if w == workload and said[w, step] == word]
             for word in ("ahead of adam", "tied with adam", "behind adam", "undecided")}
    print(f"{workload}:", "; ".join(f"{word}: {', '.join(steps)}" for word, steps in words.items() if steps))
    assert said[workload, "nesterov"] != "behind adam"

# %% [markdown]
# A sentence that stands names its card. For example: *"On `regression`, after 1 600 steps, each rule tuned with 32 trials
# in the spaces above, Nesterov's final validation loss was lower than Adam's (12 fresh paired seeds, sign-flip test,
# Holm over six comparisons)."* And one that does not: *"Nesterov beats Adam."*
#
# ## What inclusion promises
#
# Momentum with $\beta = 0$ **is** SGD. So momentum, fully tuned, cannot lose to SGD: SGD's best setting is one of its
# own. Choi et al. (2019) point out that the same holds for Adam and momentum. Make $\varepsilon$ so large that
# $\sqrt{\hat v}$ beside it does not count, and Adam's step is
#
# $$lr_{\rm Adam}\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon} \approx \frac{lr_{\rm Adam}}{\varepsilon}\cdot\frac{1-\beta_1}{1-\beta_1^t}\,v_{\rm ball},
# \qquad\text{momentum's if}\quad lr_{\rm Adam} = lr\;\varepsilon\,\frac{1-\beta_1^t}{1-\beta_1} .$$
#
# (The last factor undoes the bias correction: the rate must follow a schedule for the first tens of steps.) The
# relative error of a step is about $\sqrt{\hat v}/\varepsilon$. **Predict:** if $\varepsilon$ grows 100-fold, how does
# the difference of the two runs change?

# %%
def adam_as_momentum(eps, beta=0.9):
    def step(w, g, state, *, lr):
        t = state.get("t", 0) + 1
        return optimizers.adam(w, g, state, lr=lr * eps * (1 - beta**t) / (1 - beta), beta1=beta, eps=eps)
    return step

card, short = WORKLOADS["regression"], replace(WORKLOADS["regression"], n_steps=40)
ball, gaps = run_trial(short, "momentum", seed=0, lr=0.03, beta=0.9)["final"], {}
for eps in (1e2, 1e4, 1e6):
    gaps[eps] = abs(run_trial(short, adam_as_momentum(eps), seed=0, lr=0.03)["final"] - ball)
    print(f"eps {eps:.0e}: Adam minus momentum after 40 steps {gaps[eps]:.1e}")
print(f"ratios: predicted 100, measured {gaps[1e2] / gaps[1e4]:.0f} and {gaps[1e4] / gaps[1e6]:.0f}")
twins = [run_trial(card, "momentum", seed=0, lr=0.03, beta=0.0)["final"], run_trial(card, "sgd", seed=0, lr=0.03)["final"]]
print(f"momentum with beta = 0 and SGD, 1 600 steps: equal to the last bit: {twins[0] == twins[1]}")
assert 80 < gaps[1e2] / gaps[1e4] < 125 and 80 < gaps[1e4] / gaps[1e6] < 125 and twins[0] == twins[1]

# %% [markdown]
# What does this promise, and what not? Whatever score is tuned, its minimum over a larger space is not larger. That is a
# theorem about the *space*, the *tuned score* and an *unlimited* search. It says nothing about
#
# - a space that leaves the special case out: ours has $\varepsilon = 10^{-8}$ for Adam, so it does **not** contain momentum;
# - a few trials, which may all miss the good corner of the larger space;
# - scores that were not tuned: fresh seeds, test images, another target.
#
# In our spaces momentum and Nesterov contain SGD (in the limit $\beta \to 0$). **Predict:** in how many workloads
# does the best trial of the smaller space beat that of the larger one, with the same small number of trials? And on fresh seeds?

# %%
for larger in ("momentum", "nesterov"):
    for k in (4, 16, 32):  # on MNIST there are 16
        best = {w: [numbers(results[w][step]["trials"]["final"])[:k].min() for step in (larger, "sgd")] for w in results}
        broken = [f"{w} ({a:.3g} against {b:.3g})" for w, (a, b) in best.items() if a > b]
        print(f"{larger}, first {k} trials: SGD is better on {', '.join(broken) or 'no workload'}")
    fresher = [w for w in results if fresh(w, larger, "lowest").mean() > fresh(w, "sgd", "lowest").mean()]
    print(f"{larger}, all trials, chosen settings on fresh seeds: SGD has the better mean on {', '.join(fresher) or 'no workload'}")

# %% [markdown]
# With 4 and with 16 trials the promise is broken on `deep_narrow`, for both (and with 16 for momentum on `logistic`, by a hair); with 32 it is kept everywhere. That is no contradiction. SGD spends all its trials on
# one line; momentum spreads as many over a square, and the promise is about unlimited trials. And it was never made for fresh seeds,
# where single lines above go the other way.
# What turns inclusion into a guarantee is cheap: run the special case's best setting as one more trial of the larger space.
#
# ## Your own optimizer, in the same harness
#
# Write a rule, declare its space, and it gets what the others got: 32 trials from the same sequence on seed 0, the best
# four on two more seeds, the winner on the 12 fresh seeds, paired with Adam's. As an example: a heavy ball of gradients
# that are first brought to length 1 ($g/|g|$), so that only their direction counts. **Predict:** ahead of Adam on
# `regression`, or behind?

# %% tags=["nbval-ignore-output"]
def my_step(w, g, state, *, lr, beta):
    v = beta * state.get("v", 0.0) + (1 - beta) * g / (np.linalg.norm(g) + 1e-12)
    return w - lr * v, {"v": v}

my_space = {"lr": ("log", 1e-3, 10), "beta": ("one minus log", 0.01, 1)}
def final(hyper, seed):
    return run_trial(card, my_step, seed=seed, **hyper)["final"]

best = harness.tune(final, my_space, rng=np.random.default_rng(0))
mine, adam = np.array([final(best, seed) for seed in range(100, 112)]), fresh("regression", "adam", "lowest")
_, low, high = np.array(comparison.paired_interval(mine, adam, rng=np.random.default_rng(0))) / adam.mean()
p = comparison.sign_flip_p(mine, adam)
print(f"chosen {best}: mean {mine.mean():.3f}, Adam's {adam.mean():.3f}\n"
      f"difference {100 * low:.0f} % to {100 * high:.0f} % of Adam's, p = {p:.2g}: {judged(low, high, p)}")
assert np.isfinite(mine).all()

# %% [markdown]
# The p-value stands alone here only because this is *one* question, asked once. Change the rule ten times and keep the
# best, and you have asked ten: then it is Holm's turn again, or better, twelve seeds that you have never used.
#
# ## Which optimizer when
#
# Now, and only now, a table. Each row names the runs behind it; where there are none, it says so. "Ahead" and "behind" mean
# Adam as the baseline, Holm within the workload, on fresh seeds, as printed above.
#
# | your situation | what these runs say | backed by |
# |---|---|---|
# | small network, smooth target, squared error, 32 trials | Nesterov ahead of Adam; momentum and AdamW undecided; SGD, AdaGrad, RMSprop behind, and they miss the target | `regression` |
# | convex problem, training loss, 32 trials | all six undecided; the intervals of Nesterov, AdaGrad and RMSprop miss zero, but no p-value survives Holm | `logistic` |
# | eight narrow tanh layers, 1 000 images, 32 trials | all six undecided: the seeds scatter more than the rules differ | `deep_narrow` |
# | one hidden layer on MNIST, target 97 %, 16 trials | SGD, momentum and Nesterov ahead of Adam, at the target in 1 080, 1 000 and 840 steps (median) against 1 600; RMSprop and AdamW tied with Adam | `algoperf_mnist` |
# | two hidden layers on MNIST, one epoch, 16 trials | SGD behind Adam, the other five undecided | `mnist_mlp` |
# | you can afford one trial only, drawn from the spaces above | Adam first on `regression`, Nesterov on `logistic` (medians): no general rule | figure of the best of $k$ |
# | you have one learning rate and no time | no rule: the rate decides who wins | the first table |
# | memory is short | SGD keeps no extra array, momentum, Nesterov, AdaGrad and RMSprop keep one of the size of the weights, Adam and AdamW two | the rules' code, not a measurement |
# | wall-clock time | **not measured here**: we counted steps | – |
# | test accuracy, large models, Transformers, sparse embeddings, other batch sizes, schedules | **not measured here** | – |
#
# Nesterov's momentum was never behind Adam here (asserted above). That was not a question asked beforehand, so treat it as
# an idea for the next experiment, with fresh seeds and other workloads, and not as its result.
#
# ## Summary
#
# - A comparison has six blanks: data and network, start, batch, budget, measure, tuning. A card fills in all but the last
#   before anything runs; a search space and a number of trials fill in the last.
# - At one shared rate somebody always wins, and whoever chooses the rate chooses who. Tuning each rule changes the order;
#   so does the number of trials.
# - The score that won a search is too good. Report fresh seeds, the same for all rules.
# - Pair the seeds; an interval from few seeds is too short (12 seeds: about 91 % in place of 95 %); with five seeds no
#   sign-flip test can pass 5 %; many comparisons need Holm's correction.
# - A missed target is infinitely late: medians and performance profiles, not means of those that arrived.
# - "Contains" is a statement about search spaces and unlimited tuning. With few trials the larger space may lose.
# - "Not shown to differ" is not "the same": four words, *ahead*, *behind*, *tied*, *undecided*.
#
# ## Questions to ask yourself
#
# **1.** A paper tunes its new rule with 100 trials and takes the baseline's numbers from an older paper. What is wrong,
# and which figure above shows it?
#
# <details>
# <summary>Answer</summary>
#
# The two stand at different places of the budget axis (figure of the best of $k$ trials), and perhaps on different cards:
# another batch, start, or number of steps. The baseline must be tuned again, in a declared space, with the same $k$.
#
# </details>
#
# **2.** "Our rule reaches the target in 300 steps on average, the baseline in 500." In the appendix: 4 of 10 seeds of our
# rule never reached it and were left out. What would you report?
#
# <details>
# <summary>Answer</summary>
#
# Misses count as infinitely late, so the mean is infinite, and the median is that of ten numbers, four of them infinite.
# And the count of misses itself, with its uncertainty: 4 of 10.
#
# </details>
#
# **3.** Two rules, five paired seeds, and the first is better on each of the five. Is that not convincing?
#
# <details>
# <summary>Answer</summary>
#
# If the rules could be exchanged, five equal signs come up with probability $2/32 = 6$ %. It is a hint. Three more seeds
# with the same sign would make it $2/256 = 0.8$ %. But fix the number of seeds before looking: going on until a test
# passes makes it pass.
#
# </details>
#
# **4.** Adam contains momentum. Somebody measures momentum ahead of Adam, after an honest search with 32 trials. Has a
# theorem been refuted?
#
# <details>
# <summary>Answer</summary>
#
# No. Perhaps the space had no large $\varepsilon$ in it, as ours; or 32 trials did not find the corner of a larger space;
# or the score is one on fresh seeds, which nobody tuned. It is still a useful fact for somebody who has 32 trials.
#
# </details>
#
# ## Go deeper
#
# - D. Choi, C. Shallue, Z. Nado, J. Lee, C. Maddison, G. Dahl, *On empirical comparisons of optimizers for deep learning*
#   (2019), arXiv 1910.05446: inclusion, and how the search space decides the ranking.
# - G. Dahl and others, *Benchmarking neural network training algorithms* (2023), arXiv 2306.07179: AlgoPerf.
# - F. Schneider, L. Balles, P. Hennig, *DeepOBS: a deep learning optimizer benchmark suite* (2019), arXiv 1903.05499.
# - R. Schmidt, F. Schneider, P. Hennig, *Descending through a crowded valley* (2021), arXiv 2007.01547: fifteen optimizers,
#   several budgets.
# - A. Wilson, R. Roelofs, M. Stern, N. Srebro, B. Recht, *The marginal value of adaptive gradient methods in machine
#   learning* (2017), arXiv 1705.08292.
# - J. Dodge, S. Gururangan, D. Card, R. Schwartz, N. Smith, *Show your work* (2019), arXiv 1909.03004.
# - O. Bousquet, S. Gelly, K. Kurach, O. Teytaud, D. Vincent, *Critical hyper-parameters: no random, no cry* (2017), arXiv
#   1706.03200: why quasi-random.
# - E. Dolan, J. Moré, *Benchmarking optimization software with performance profiles* (2002), doi 10.1007/s101070100263.
# - S. Holm, *A simple sequentially rejective multiple test procedure*, Scandinavian Journal of Statistics 6 (1979).
# - B. Efron, R. Tibshirani, *An Introduction to the Bootstrap* (1993); J. Friedman, *Multivariate adaptive regression
#   splines* (1991), doi 10.1214/aos/1176347963, for the function of `regression`.
#
# **Next:** all runs here were healthy, or died plainly. What if a run is ill and does not say so?
# [29: Debug a failing run](29_debug_a_failing_run.ipynb)
