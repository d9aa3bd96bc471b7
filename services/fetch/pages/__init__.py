"""The pages of items whose feed has only a teaser: which are wanted, whether they may be asked for, and what came."""
