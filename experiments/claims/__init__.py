"""The course's claims, one module a part: what is compared, how each side is tuned, and on which
seeds.
"""
