"""Closed forms that judge the simulator: what theory says the numbers must be.

One model a file. Nothing here is used by the behaviour it judges, and nothing here simulates.
"""
