"""When the methods of the course appeared: the lines of the page Timeline."""
import bibliography

LINES = (  # year, key in references.bib or None, what happened, notebooks
    (1847, "lemarechal2012",
     "**Gradient descent.** Cauchy lets a function fall along its gradient.", "05"),
    (1950, "lanczos1950",
     "**Lanczos' iteration** finds the largest eigenvalues from products alone.", "30 31"),
    (1951, "robbins1951",
     "**Stochastic approximation**: steps from noisy measurements, the root of SGD.", "08"),
    (1952, "hestenes1952", "**Conjugate gradients**", "12"),
    (1958, "wigner1958", "**The semicircle law** of random matrices", "03"),
    (1961, "golub1961", "**Chebyshev's method** as an iteration", "12"),
    (1964, "polyak1964", "**Heavy ball**: the first momentum", "10"),
    (1964, "wengert1964", "**Automatic differentiation**, forward", "18"),
    (1976, "linnainmaa1976",
     "**Reverse mode**: all derivatives for the price of a few function values", "18"),
    (1983, None, "**Nesterov's momentum**, with the fastest guarantee for convex functions", "11"),
    (1986, "rumelhart1986", "**Backpropagation** trains networks with hidden layers.", "18"),
    (1989, "liu1989", "**L-BFGS**: curvature from the last few steps", "32"),
    (1992, "polyak1992", "**Averaging** the iterates", "08 32"),
    (1994, "pearlmutter1994", "**Exact Hessian-vector products**", "31"),
    (1996, "tibshirani1996", "**The lasso**: a penalty that makes zeros", "23"),
    (1998, "lecun1998b", "**MNIST** and convolutional networks", "24 25"),
    (1998, "prechelt1998", "**Early stopping**, with rules", "23"),
    (2011, None, "**AdaGrad** gives every weight its own rate.", "13"),
    (2012, None, "**RMSprop** forgets old squares.", "13"),
    (2012, "zeiler2012", "**Adadelta**", "15"),
    (2015, "kingma2015", "**Adam**", "14"),
    (2015, "he2015", "**Initialisation** for ReLU networks", "20"),
    (2015, "ioffe2015", "**Batch normalisation**", "21"),
    (2015, "martens2015", "**K-FAC**: curvature as a Kronecker product", "32"),
    (2016, "he2016", "**Residual networks**: skip connections", "21"),
    (2017, "loshchilov2017", "**Cosine decay**", "16"),
    (2017, "goyal2017", "**Large batches**: the linear rule, and warm-up", "09 16"),
    (2018, "gupta2018", "**Shampoo** treats weights as matrices.", "32"),
    (2018, "reddi2018", "**AMSGrad**, and a problem on which Adam fails", "15"),
    (2018, "izmailov2018", "**Stochastic weight averaging**", "32"),
    (2018, "mccandlish2018", "**The critical batch size**", "09 33"),
    (2019, "loshchilov2019", "**AdamW**: decay outside of the gradient", "14"),
    (2019, "belkin2019", "**Double descent**", "22"),
    (2020, "foret2020", "**SAM** looks for flat minima.", "32"),
    (2021, "cohen2021", "**The edge of stability**", "31"),
    (2023, "chen2023", "**Lion**, found by a search over programs", "15"),
    (2024, "defazio2024", "**Schedule-Free** training", "27 32"),
    (2024, "vyas2024", "**SOAP**: Adam in Shampoo's coordinates", "32"),
    (2025, "liu2025", "**Muon** trains large language models.", "32"),
)


def table(pages):
    """Return the timeline as a Markdown table; pages: {number of a notebook: its page}."""
    known = {entry["key"]: entry for entry in bibliography.entries()}
    lines = ["| year | what appeared | source | here |", "|---|---|---|---|"]
    for year, key, what, notebooks in LINES:
        entry = known.get(key)
        source = entry and f"[{bibliography.authors(entry)}](<{bibliography.address(entry)}>)"
        here = ", ".join(f"[{number}]({pages[number]})" for number in notebooks.split())
        lines.append(f"| {year} | {what} | {source or ''} | {here} |")
    return "\n".join(lines)
