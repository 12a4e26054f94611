"""Helpers of the tests that need Apache Airflow."""
