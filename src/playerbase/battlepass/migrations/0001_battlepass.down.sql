drop table battlepass.closings, battlepass.premiums, battlepass.claims, battlepass.counts, battlepass.progress,
    battlepass.experience, battlepass.challenges, battlepass.rates, battlepass.curves, battlepass.passes;
drop schema battlepass;
