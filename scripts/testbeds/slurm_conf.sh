# shellcheck shell=bash disable=SC2154
# The settings of the Slurm testbed: slurm.conf(5), cgroup.conf(5) and slurmdbd.conf(5)
# of 22.05.

memory_controller=/sys/fs/cgroup/memory

# Where the kernel lets us, a job over its memory ends as OUT_OF_MEMORY. Elsewhere Slurm
# looks once a second and stops the job, which then ends as FAILED (seen).
memory_limits() {
  if [ -w "$memory_controller/cgroup.procs" ]; then
    echo 'TaskPlugin=task/cgroup'
  else
    echo 'TaskPlugin=task/none'
    echo 'JobAcctGatherParams=OverMemoryKill'
  fi
}

# Read from beside slurm.conf, and only by task/cgroup.
cgroup_conf() { printf 'CgroupPlugin=cgroup/v1\nConstrainRAMSpace=yes\n'; }

remove_cgroups() {
  [ ! -d "$memory_controller" ] ||
    find "$memory_controller" -depth -type d -path '*/slurm_n[12]*' -exec rmdir {} + 2>/dev/null
}

# MinJobAge=10 (DPDISP_SLURM_MIN_JOB_AGE says otherwise): an ended job leaves squeue after seconds, as it does after minutes at a site.
# KillWait=2: a job over its time is gone soon. n1 and n2 are two slurmd of one machine.
slurm_conf() { # accounting: yes or no
  cat <<CONF
ClusterName=testbed
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmctldPort=$first_port
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool-%n
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd-%n.pid
SlurmctldLogFile=$dir/slurmctld.log
SlurmdLogFile=$dir/slurmd-%n.log
ProctrackType=proctrack/linuxproc
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=1
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
DefMemPerCPU=1000
ReturnToService=2
MinJobAge=${DPDISP_SLURM_MIN_JOB_AGE:-10}
KillWait=2
MaxJobCount=50000
MaxArraySize=1001
EnforcePartLimits=ALL
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
NodeName=n1 NodeAddr=127.0.0.1 Port=$((first_port + 2)) CPUs=16 RealMemory=20000 State=UNKNOWN
NodeName=n2 NodeAddr=127.0.0.1 Port=$((first_port + 3)) CPUs=16 RealMemory=20000 State=UNKNOWN
PartitionName=debug Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
PartitionName=brief Nodes=n1,n2 MaxTime=1 State=UP
CONF
  memory_limits
  [ "$1" = no ] || cat <<CONF
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort=$((first_port + 1))
AccountingStoragePass=$dir/munge.socket
AccountingStorageEnforce=associations,limits,qos
CONF
}

slurmdbd_conf() {
  cat <<CONF
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort=$((first_port + 1))
CommunicationParameters=NoInAddrAny
SlurmUser=root
PidFile=$dir/slurmdbd.pid
LogFile=$dir/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=root
StorageLoc=slurm_acct_db
CommitDelay=1
CONF
}
