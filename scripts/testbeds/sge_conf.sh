# shellcheck shell=bash disable=SC2154
# The settings of the Grid Engine testbed: bootstrap(5), sge_conf(5), sched_conf(5),
# hostgroup(5), sge_pe(5) and queue_conf(5) of Son of Grid Engine 8.1.9.

bootstrap_conf() {
  cat <<CONF
admin_user              sgeadmin
default_domain          none
ignore_fqdn             false
spooling_method         berkeleydb
spooling_lib            libspoolb
spooling_params         $dir/spool/db
binary_path             /usr/lib/gridengine
qmaster_spool_dir       $dir/spool/qmaster
security_mode           none
listener_threads        2
worker_threads          2
scheduler_threads       1
CONF
}

# Debian's own settings, with the spool in our folder and accounting written at once.
global_conf() {
  sed -e "s|^execd_spool_dir .*|execd_spool_dir $dir/spool/execd|" \
    -e 's|flush_time=00:00:15|flush_time=00:00:01|' \
    -e 's|^mailer .*|mailer /bin/true|' \
    /usr/share/gridengine/default-configuration
}

# Reads the scheduler's settings; a job starts and is seen to end within about a second.
quick_scheduler() {
  sed -e 's/^schedule_interval .*/schedule_interval 0:0:1/' \
    -e 's/^flush_submit_sec .*/flush_submit_sec 1/' \
    -e 's/^flush_finish_sec .*/flush_finish_sec 1/'
}

host_group() { printf 'group_name @allhosts\nhostlist localhost\n'; }

parallel_environment() { # name
  cat <<CONF
pe_name            $1
slots              9999
user_lists         NONE
xuser_lists        NONE
start_proc_args    NONE
stop_proc_args     NONE
allocation_rule    \$pe_slots
control_slaves     FALSE
job_is_first_task  TRUE
urgency_slots      min
accounting_summary FALSE
qsort_args         NONE
CONF
}

# A new queue is shown with every setting: all but ours are Grid Engine's defaults.
main_queue() {
  sed -e 's/^qname .*/qname main.q/' \
    -e 's/^hostlist .*/hostlist @allhosts/' \
    -e 's/^pe_list .*/pe_list mpi smp/' \
    -e 's/^slots .*/slots 16/' \
    -e 's/^qtype .*/qtype BATCH/' \
    -e "s|^tmpdir .*|tmpdir $dir/tmp|" \
    -e 's/^load_thresholds .*/load_thresholds NONE/' \
    -e 's/^shell_start_mode .*/shell_start_mode unix_behavior/'
}
