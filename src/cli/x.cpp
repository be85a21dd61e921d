namespace snow_white::cli {}
