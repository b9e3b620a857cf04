"""Tests of grant rounds."""
