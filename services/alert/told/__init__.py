"""How an alert is told: the same facts as words, as Alertmanager's alert, as a webhook, as a feed's entry, as STIX. All of it pure."""
