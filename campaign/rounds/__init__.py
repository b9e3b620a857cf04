"""Grant rounds: applications, their verification and scores, an explained split when money is short, and the report."""
