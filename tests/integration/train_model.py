#!/usr/bin/env python3
"""Trains the model that most scripts start from (product.model), where there is none that is new."""
from kit import check, need, run_tests
from product import model

need()


def test_model():
    """the model"""
    check(model(), "is there")


run_tests(test_model)
