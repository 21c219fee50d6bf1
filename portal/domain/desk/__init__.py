"""What each role sees around the sheets: tasks, counters, lists, news, history. Queries only; nothing changes here."""
