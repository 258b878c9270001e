"""What a change of policy would do: years of claims through the old rules and the new, and a report for people.

``reading`` brings claims from CSV or Parquet in batches of whole persons, ``compare`` settles a batch under both
policies, ``summary`` adds up, ``report`` tells. The form of claim files is in ``docs/simulate.md``.
"""
