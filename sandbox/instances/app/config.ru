# The web environment's application.
run ->(_request) { [200, { 'content-type' => 'text/plain' }, ["ok\n"]] }
