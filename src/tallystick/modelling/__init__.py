"""From a table of organisations to a card: binning, fitting, honest validation.

Owns everything statistical. Rules: pure but for reading the columns of a table; chance is a seed
passed in; floats stay inside and leave as integers and decimal strings of a card; nothing is tuned
on what it is tested on; data about people are refused before anything is fitted.
"""
