#!/bin/busybox sh
# First and only process of the guest: loads the simulated radios, gives each
# station its own network namespace, then runs the scripts that arrive, one per
# line in base64, on the virtio port; answers `done STATUS OUTPUT-IN-BASE64`.
export PATH=/usr/sbin:/usr/bin HOME=/
/usr/bin/busybox mkdir -p /proc /sys /dev /run/netns /tmp /etc
/usr/bin/busybox mount -t proc proc /proc
/usr/bin/busybox mount -t sysfs sysfs /sys
/usr/bin/busybox mount -t devtmpfs dev /dev
/usr/bin/busybox --install -s /usr/bin
mkdir -p /dev/shm /var
ln -s /run /var/run
radios=4
for word in $(cat /proc/cmdline); do
	case $word in radios=*) radios=${word#radios=} ;; esac
done
while read -r module; do
	case $module in
	mac80211_hwsim) insmod /modules/$module.ko radios="$radios" ;;
	*) insmod /modules/$module.ko ;;
	esac
done </modules/order
alias ip=/usr/sbin/ip
/usr/sbin/ip link set lo up
/usr/sbin/ip link set eth0 up
/usr/sbin/ip addr add 10.0.2.15/24 dev eth0
/usr/sbin/ip route add default via 10.0.2.2
n=1
while [ $n -lt "$radios" ]; do
	/usr/sbin/ip netns add s$n
	iw phy phy$n set netns name s$n
	/usr/sbin/ip -n s$n link set lo up
	n=$((n + 1))
done
until port=$(ls /dev/vport*p1 2>/dev/null); do usleep 20000; done
exec 3<>"$port"
echo "ready $(cut -d' ' -f1 /proc/uptime)" >&3
while :; do
	if read -r line <&3; then
		{
			echo 'ip() { /usr/sbin/ip "$@"; }'
			echo "$line" | base64 -d
		} >/tmp/script
		sh /tmp/script >/tmp/output 2>&1 </dev/null
		status=$?
		echo "done $status $(base64 /tmp/output | tr -d '\n')" >&3
	else
		usleep 50000
	fi
done
