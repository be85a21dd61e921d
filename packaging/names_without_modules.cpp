// Linked into the static programs only. A static glibc would load the modules that
// /etc/nsswitch.conf names: shared libraries of the host, and with them the host's glibc, into a
// program that has another one. The two modules inside glibc load nothing: /etc/hosts, and the name
// servers of /etc/resolv.conf, systemd-resolved's among them.
#include <nss.h>

namespace {

const int configured = __nss_configure_lookup("hosts", "files dns");

} // namespace
