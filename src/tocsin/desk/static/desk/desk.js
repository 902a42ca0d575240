// Small helps for the desk's pages, each found by a data- attribute; every page works without them.
